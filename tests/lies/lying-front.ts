/** A liar in front of a host of many: it has the host's keys, and signs another list of what is served. All else is the host's. */
import { readFileSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import {
  decodeHostStatement,
  encodeHostStatement,
  fromHex,
  type HostClaim,
  ledgerKey,
  signHostClaim,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { onTestFinished } from 'vitest'

export interface LyingFrontOptions {
  /** Port of the host. */
  readonly port: number
  /** Directory of the host. */
  readonly dir: string
  /** What the liar makes of the list. */
  readonly forge: (claim: HostClaim) => HostClaim
  /** Signs with a key that is not the host's. */
  readonly withoutKey?: boolean
}

/** Starts one, gone when the test ends; gives its address. */
export async function lyingFront({
  port,
  dir,
  forge,
  withoutKey = false,
}: LyingFrontOptions): Promise<string> {
  const keys = JSON.parse(readFileSync(join(dir, 'provisioning', 'keys.json'), 'utf8'))
  const { secretKey } = sodiumCrypto.keyPair(withoutKey ? undefined : fromHex(keys.refusal))
  const server = createServer(async (request, response) => {
    if (request.url === '/.well-known/vms-statement.json') {
      const honest = await fetch(`http://127.0.0.1:${port}${request.url}`)
      const { statement } = (await honest.json()) as { statement: string }
      const told = decodeHostStatement(new Uint8Array(Buffer.from(statement, 'base64')))
      const claim = forge(told.claim)
      const ledger = ledgerKey(sodiumCrypto, told.manifest)
      const signature = signHostClaim(sodiumCrypto, ledger, claim, secretKey)
      const forged = encodeHostStatement({ ...told, claim, signature })
      response.end(
        JSON.stringify({ version: 1, statement: Buffer.from(forged).toString('base64') }),
      )
      return
    }
    const asked = { port, host: '127.0.0.1', path: request.url, headers: request.headers }
    forward(asked, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    }).end()
  })
  server.on('upgrade', (request, visitor) => {
    const host = connect(port, '127.0.0.1', () => {
      const head = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      host.write(`GET ${request.url} HTTP/1.1\r\n${head.join('')}\r\n`)
      host.pipe(visitor).pipe(host)
    })
    for (const socket of [host, visitor]) socket.on('error', () => {})
    visitor.on('close', () => host.destroy())
    host.on('close', () => visitor.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}
