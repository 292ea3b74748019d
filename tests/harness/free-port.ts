/** Ports for hosts that are started again and again at the same address. */
import { createServer } from 'node:net'

/**
 * Where the search begins and how many ports it covers. They are below those that systems hand out by themselves, to
 * `-p 0` and to outgoing connections: nobody else gets one while the host at it is down.
 */
const FIRST = 20_000
const COUNT = 10_000

/** A port of this machine that is free and stays so, as far as tests go. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, 'localhost', () => server.close(() => resolve(true)))
  })
}
