import importX from 'eslint-plugin-import-x'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

export default ts.config(
  ts.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', 'build/**/*.ts', 'tests/**/*.ts'],
    plugins: { 'import-x': importX, 'react-hooks': hooks },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.tsx'] } }, 'import-x/extensions': ['.ts', '.tsx'] },
    rules: {
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
)
