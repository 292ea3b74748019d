/** A program that serves a script whose machine lies, and calls it: for a test of how its process ends. Argument: the directory. */
import { connect } from '@vms/client'
import { createHost } from '@vms/host'
import { LyingMachines } from '../harness/lying-machine.ts'

const machines = new LyingMachines()
const host = await createHost({
  dir: process.argv[2] as string,
  script: { name: 'test.js', source: 'exports.ok = () => 1' },
  port: 0,
  ports: { startMachine: machines.startMachine },
})
machines.lies.set('test.js', {
  run: ({ done, stop }) => ({
    done: done.map(({ results }) => ({
      results: results.map((result) => ({ ...result, fuel: -1 })),
    })),
    stop,
  }),
})
const client = await connect<{ ok(): number }>(host.url)
await client.ok().catch((error: { code: string }) => process.stdout.write(error.code))
