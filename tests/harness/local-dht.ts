/** A DHT of a test's own on this machine: nothing of it leaves loopback. */
import createTestnet from 'hyperdht/testnet.js'
import { onTestFinished } from 'vitest'

/** Nodes of it. More only take longer to start. */
const NODES = 3

/** Starts one, gone when the test ends; returns what `--bootstrap` takes. */
export async function startLocalDht(): Promise<string> {
  const testnet = await createTestnet(NODES)
  onTestFinished(() => testnet.destroy())
  return testnet.bootstrap.map(({ host, port }) => `${host}:${port}`).join(',')
}
