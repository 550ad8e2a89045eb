import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

// Import cycles and literals of colour and length are refused by tests/structure.test.ts.
export default ts.config(ts.configs.recommended, {
  files: ['src/**/*.{ts,tsx}', 'build/**/*.ts', 'tests/**/*.ts'],
  plugins: { 'react-hooks': hooks },
  rules: {
    '@typescript-eslint/no-explicit-any': 'error',
    'react-hooks/rules-of-hooks': 'error',
    'react-hooks/exhaustive-deps': 'error',
  },
})
