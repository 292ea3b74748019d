/**
 * Timers are passed in: a test or the simulator decides when time passes. The files below use Node's own, each for a reason. A new file
 * that waits takes a port for timers, or stands here with its reason.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

const REASONS: Readonly<Record<string, string>> = {
  'ledger/src/platform/timers.ts': 'the port itself',
  'host/src/testing/virtual-time.ts': 'lets all promises settle between two events of virtual time',
  'host/src/http/http-listener.ts': "a timeout of Node's own HTTP server",
  'host/src/http/server.ts': 'closes real sockets',
  'client/src/platform/timer.ts': 'the timers of the platform, behind the port',
  'client/src/dht/candidate.ts': "a timeout of a real stream's own",
  'ledger/src/ledger/ledger.ts': 'lets evidence of a fork leave through real sockets',
  'ledger/src/replication/dht-node.ts': 'waits for hyperdht, which has timers of its own',
  'ledger/src/replication/swarm.ts': 'waits for hyperswarm, which has timers of its own',
  'ledger/src/replication/fork-probe.ts': 'waits for peers of hypercore',
  'ledger/src/replication/following.ts': 'waits for peers of hypercore',
  'ledger/src/replication/download-monitor.ts': 'waits for peers of hypercore',
  'auditor/src/findings/budgets.ts': 'the deadline of an audit is real time',
  'sandbox/src/parent/call-clock.ts': 'measures the real time that a process takes',
  'sandbox/src/parent/warm-process.ts': 'starts a real process',
}

const TIMERS = /\b(?:setTimeout|setInterval|setImmediate)\(|\.setTimeout\(|from 'node:timers/

test('no other module waits by itself', () => {
  const files = globSync('packages/{format,host,ledger,client,auditor,rpc,sandbox}/src/**/*.ts', {
    cwd: root,
  })
  expect(files.length).toBeGreaterThan(200)
  const waiting = files
    .filter((file) => !file.endsWith('.d.ts'))
    .filter((file) => TIMERS.test(readFileSync(join(root, file), 'utf8')))
    .map((file) => file.replace('packages/', ''))
  expect(waiting.toSorted()).toEqual(Object.keys(REASONS).toSorted())
})
