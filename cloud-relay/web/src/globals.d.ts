declare module 'virtual:tokens.css'
declare module 'virtual:fonts.css'
