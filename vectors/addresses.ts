/** Addresses as people type them, and what they name. See `docs/spec/format.md`, "Addresses". */
import { encodeKey, parseAddress, toHex } from '@vms/format'
import { filled, ledger } from './example.ts'

const key = encodeKey(ledger)
const hex = toHex(ledger)
const last = key.slice(0, -1)

const valid = [
  'localhost:5555',
  ':5555',
  'localhost',
  '127.0.0.1:5555',
  '[::1]:5555',
  'example.org',
  'example.org:5555',
  'example.org/',
  'localhost:5555/path',
  `localhost:5555/${key}`,
  `example.org/${key}/`,
  'ws://localhost:5555',
  'ws://example.org:80',
  'wss://example.org:443',
  'WSS://Example.ORG',
  'http://localhost:5555',
  'http://example.org',
  'https://example.org:8443',
  `https://example.org/${key}`,
  `vms://${key}`,
  `vms://${key}/`,
  `vms://${hex}`,
  `vms://${hex.toUpperCase()}`,
  `VMS://${key}`,
  key,
  hex,
  `  ${key}\n`,
  `hyper://${key}`,
  `hyper://${hex}/a/b.txt`,
  `hyper://${key}/a%20b/%C3%A9`,
  encodeKey(filled(0)),
]

const invalid = [
  '',
  ' ',
  ':',
  'localhost:port',
  'localhost:65536',
  'two words',
  'ftp://example.org',
  'vms://',
  'vms://localhost',
  `vms://${key}/path`,
  `vms://${key}?x`,
  `vms://${last}`,
  `vms://${key}y`,
  `vms://${key.toUpperCase()}`,
  `vms://${last}b`,
  `vms://${hex.slice(1)}`,
  `hyper://${key}/%zz`,
  `hyper://${key}/%ff`,
  `hyper://${key}#x`,
  'hyper://example.org',
  'localhost:5555/a path',
  `localhost:5555/${last}`,
  'ws://',
  'http://[::1',
  '/etc/passwd',
  '../x',
]

export const addressVectors = (): object => ({
  about:
    'Addresses. url is the normal form; key and ledger are hex. invalid: texts that name nothing.',
  valid: valid.map((text) => {
    const { kind, url, ...rest } = parseAddress(text)
    const named = Object.entries(rest).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? toHex(value) : value,
    ])
    return { text, kind, url, ...Object.fromEntries(named) }
  }),
  invalid: invalid.map((text) => ({ text })),
})
