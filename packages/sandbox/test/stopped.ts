/** Machines that are stopped after calls with very many timers, as a computer that was suspended or is too busy stops them. */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Bench } from './bench.ts'

export const busy = `
  exports.run = async (n) => { for (let i = 0; i < n; i++) await new Promise((r) => setTimeout(r, 1)); return n }
  exports.endless = async () => { for (;;) await new Promise((r) => setTimeout(r, 1)) }`

export const limits = { fuelPerCall: 2 ** 31 - 1, fuelPerRequest: Number.MAX_SAFE_INTEGER }

/** Timers of one call: as many dead ones of one deadline overflowed the stack of isolated-vm's timer thread. */
const timers = 100_000

/** Fires timers, stops the process until `wallMs` after the call began, and asks it again. */
export async function livesThroughStop(bench: Bench, wallMs: number): Promise<void> {
  expect(await bench.call('run', timers)).toBe(timers)
  const pid = bench.machine.pid as number
  process.kill(pid, 'SIGSTOP')
  await sleep(wallMs)
  process.kill(pid, 'SIGCONT')
  await sleep(100)
  expect(await bench.call('run', 10)).toBe(10)
}
