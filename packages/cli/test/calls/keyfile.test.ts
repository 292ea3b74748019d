import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKeyFile } from '../../src/calls/keyfile.ts'
import { KeyFileError } from '../../src/errors/errors.ts'
import { tempDirectory } from '../temp-directory.ts'

test('the first use makes a key that only its owner may read, the second reads it', async () => {
  const dir = tempDirectory()
  const file = join(dir, 'config', 'caller.key')
  const made = await openKeyFile(file)
  expect(made).toMatchObject({ created: true, file })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir, 'config')).mode & 0o777).toBe(0o700)
  expect(readdirSync(join(dir, 'config'))).toEqual(['caller.key'])
  expect(await openKeyFile(file)).toEqual({ ...made, created: false })
})

test('the two halves belong together', async () => {
  const { publicKey, secretKey } = await openKeyFile(join(tempDirectory(), 'k'))
  expect(publicKey).toHaveLength(32)
  expect(secretKey).toHaveLength(64)
  expect(secretKey.subarray(32)).toEqual(publicKey)
  const x = Buffer.from(publicKey).toString('base64url')
  const d = Buffer.from(secretKey.subarray(0, 32)).toString('base64url')
  const jwk = { kty: 'OKP', crv: 'Ed25519', x }
  const message = Buffer.from('hello')
  const signature = sign(null, message, createPrivateKey({ format: 'jwk', key: { ...jwk, d } }))
  expect(verify(null, message, createPublicKey({ format: 'jwk', key: jwk }), signature)).toBe(true)
})

test('first uses at the same time end with one key', async () => {
  const file = join(tempDirectory(), 'k')
  const keys = await Promise.all(Array.from({ length: 5 }, () => openKeyFile(file)))
  expect(new Set(keys.map(({ publicKey }) => Buffer.from(publicKey).toString('hex'))).size).toBe(1)
  expect(keys.filter(({ created }) => created)).toHaveLength(1)
})

test.skipIf(process.platform === 'win32')(
  'a key that others may read is refused, with what to do',
  async () => {
    const file = join(tempDirectory(), 'k')
    await openKeyFile(file)
    chmodSync(file, 0o640)
    await expect(openKeyFile(file)).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_VMS_KEY_FILE',
        exit: 2,
        message: expect.stringContaining(file),
        hint: expect.stringContaining('chmod 600'),
      }),
    )
  },
)

test('another file is not taken for a key, and stays as it is', async () => {
  const file = join(tempDirectory(), 'k')
  writeFileSync(file, 'my diary', { mode: 0o600 })
  await expect(openKeyFile(file)).rejects.toThrow(KeyFileError)
  expect(readFileSync(file, 'utf8')).toBe('my diary')
})

test('a directory is no key file', async () => {
  const dir = tempDirectory()
  chmodSync(dir, 0o700)
  await expect(openKeyFile(dir)).rejects.toThrow(KeyFileError)
})
