import { webcrypto } from 'node:crypto'

// Debian's Node 18 has Web Crypto but no global for it.
globalThis.crypto ??= webcrypto as Crypto
