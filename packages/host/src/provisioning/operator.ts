/**
 * The operator's key pair. With it the host signs changes of its policy, as any caller signs a call. The first policy of the provisioning
 * log names the key, so the key must last as long as that log. The host keeps it in a file in its directory, readable by its owner only.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type Crypto,
  encodeRequest,
  encodeValue,
  fromHex,
  type KeyPair,
  signRequest,
  toHex,
  type Value,
} from '@vms/format'
import { HostError } from '../errors/errors.ts'
import { writeDurably } from '../platform/durable-file.ts'
import type { Service } from '../service/service.ts'

const FILE = 'operator.json'

/** Lifetime of a request by the operator, in milliseconds. */
const LIFETIME_MS = 60_000

/** The key pair of the host in `dir`. Creates a missing one. */
export async function openOperator(dir: string, crypto: Crypto): Promise<KeyPair> {
  const file = path.join(dir, FILE)
  try {
    const { seed } = JSON.parse(await readFile(file, 'utf8')) as { seed: string }
    return crypto.keyPair(fromHex(seed))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return makeOperator(dir, crypto)
    throw new HostError('ERR_VMS_KEYS_UNREADABLE', `cannot read the operator's key in ${file}`, {
      cause,
      hint: 'restore the file from a backup: the provisioning log names this key',
    })
  }
}

async function makeOperator(dir: string, crypto: Crypto): Promise<KeyPair> {
  const pair = crypto.keyPair()
  const seed = toHex(pair.secretKey.subarray(0, 32))
  await writeDurably(dir, FILE, `${JSON.stringify({ seed }, null, 2)}\n`)
  return pair
}

/** Makes a call as the operator, like every other caller. Rejects if the call did not return. */
export async function callAsOperator(
  service: Service,
  operator: KeyPair,
  crypto: Crypto,
  [method, args, now]: [method: string, args: Value[], now: number],
): Promise<void> {
  const { key, head } = service.ledger
  const request = encodeRequest({
    version: 1,
    ledger: key,
    caller: operator.publicKey,
    head: { length: head.length, treeHash: head.treeHash },
    expires: now + LIFETIME_MS,
    nonce: crypto.randomBytes(16),
    calls: [[method, encodeValue(args)]],
  })
  const signature = signRequest(crypto, request, operator.secretKey)
  const { outcomes } = await service.submit(request, signature)
  const [outcome] = outcomes
  if (outcome?.status === 'returned') return
  const why = outcome?.error?.message ?? outcome?.abort ?? 'it was not executed'
  throw new HostError('ERR_VMS_POLICY', `the host's own ${method} failed: ${why}`)
}
