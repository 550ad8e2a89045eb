/// Share links: http://HOST:PORT/d/ROOM#TOKEN. The token stands in the fragment, so it never reaches a log.
export type RoomLink = { readonly room: string; readonly token: string }

export const isRoomId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text)

/// From an address, absolute or of this site. Undefined when it names no room.
export const parseLink = (text: string, base = 'http://localhost'): RoomLink | undefined => {
  let url: URL
  try {
    url = new URL(text, base)
  } catch {
    return undefined
  }
  const room = /^\/d\/([^/]+)\/?$/.exec(url.pathname)?.[1]
  return room !== undefined && isRoomId(room) ? { room, token: url.hash.slice(1) } : undefined
}

export const socketUrl = (origin: string, link: RoomLink): string => {
  const query = new URLSearchParams({ ext: '1' })
  if (link.token !== '') query.set('token', link.token)
  return `${origin.replace(/^http/, 'ws')}/sync/${link.room}?${query.toString()}`
}
