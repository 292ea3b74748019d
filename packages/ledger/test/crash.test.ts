import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { decodeEntry, sameBytes, toHex, verifyHead } from '@vms/format'
import { expect, it } from 'vitest'
import { rounds } from '../../../tests/harness/in-turn.ts'
import { Ledger, NoLedgerError } from '../src/index.ts'
import { crypto, freshDirectory } from './fixtures.ts'
import { seeded } from './seeded.ts'

const ROUNDS = rounds('kills', 10, 40)
/** Every so many rounds a new directory, so that creation is killed as well. */
const ROUNDS_PER_DIRECTORY = 5
const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url))

/**
 * Runs a host and kills it `afterMs` milliseconds after it began, or after it acknowledged its first head. Returns the
 * heads that it acknowledged, as length → tree hash.
 */
async function runAndKill(
  directory: string,
  seed: number,
  moment: 'begin' | 'head',
  afterMs: number,
): Promise<Map<number, string>> {
  const host = spawn(process.execPath, [child, directory, String(seed), String(seed % 5)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    host.on('exit', (_, signal) => resolve(signal))
  })
  const acknowledged = new Map<number, string>()
  let armed = false
  for await (const line of createInterface(host.stdout)) {
    if (!armed && (moment === 'begin' || line !== 'begin')) {
      armed = true
      sleep(afterMs).then(() => host.kill('SIGKILL'))
    }
    const [length = '', treeHash = ''] = line.split(' ')
    // The kill can cut a line short.
    if (treeHash.length === 64) acknowledged.set(Number(length), treeHash)
  }
  expect(await exited).toBe('SIGKILL')
  return acknowledged
}

/**
 * Checks that the ledger consists, from the group end `start` on, of whole groups, each with its head, and that the
 * drive is at the last one's.
 */
async function checkWhole(ledger: Ledger, start: number): Promise<void> {
  let inGroup = false
  let index = start
  for await (const block of ledger.entries(start)) {
    const entry = decodeEntry(block)
    expect(entry.root !== null).toBe(!inGroup)
    inGroup = entry.files === null
    index += 1
    const end = await ledger.groupEnd(index)
    expect(end !== null).toBe(!inGroup)
    if (end) expect(verifyHead(crypto, ledger.key, ledger.manifest, end)).toBe(true)
    if (index === ledger.length) expect(entry.files).toEqual(ledger.filesHead)
  }
  expect(inGroup).toBe(false)
  for (const { name, stat } of await ledger.files.list('/', { recursive: true })) {
    const data = await ledger.files.read(`/${name}`)
    expect(data?.length ?? 0).toBe(stat.size)
  }
}

it('has all that was acknowledged, in whole groups, whenever it is killed', {
  timeout: 240_000,
}, async () => {
  const random = seeded(20_261_122)
  let directory = ''
  let checked = 0
  let known = new Map<number, string>()
  for (let round = 0; round < ROUNDS; round++) {
    if (round % ROUNDS_PER_DIRECTORY === 0) {
      directory = await freshDirectory()
      known = new Map()
      checked = 0
    }
    const first = round % ROUNDS_PER_DIRECTORY === 0
    const acknowledged = await runAndKill(
      directory,
      round + 1,
      first ? 'begin' : 'head',
      random(first ? 60 : 200),
    )
    for (const [length, hash] of acknowledged) known.set(length, hash)
    let ledger: Ledger
    try {
      ledger = await Ledger.open(directory, { crypto })
    } catch (error) {
      expect(error).toBeInstanceOf(NoLedgerError)
      expect(known.size).toBe(0)
      expect(first).toBe(true)
      continue
    }
    for (const [length, hash] of known) {
      const head = await ledger.groupEnd(length)
      expect(head && toHex(head.treeHash)).toBe(hash)
    }
    await checkWhole(ledger, checked)
    checked = ledger.length
    // A reader that takes no lock and writes nothing sees the same.
    const { head } = ledger
    await ledger.close()
    const reader = await Ledger.open(directory, { crypto, readOnly: true })
    expect(sameBytes(reader.head.treeHash, head.treeHash)).toBe(true)
    await reader.close()
  }
})
