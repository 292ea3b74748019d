import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { decodeEntry, sameBytes, toHex, verifyHead } from '@vms/format'
import { expect, it } from 'vitest'
import { Ledger, NoLedgerError } from '../src/index.ts'
import { crypto, freshDirectory } from './fixtures.ts'
import { seeded } from './seeded.ts'

const ROUNDS = 24
/** Every so many rounds a new directory, so that creation is killed as well. */
const ROUNDS_PER_DIRECTORY = 6
const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url))

/** Runs a host until it is killed; returns the heads that it acknowledged, as length → tree hash. */
async function runAndKill(directory: string, seed: number, afterMs: number): Promise<Map<number, string>> {
  const host = spawn(process.execPath, [child, directory, String(seed), String(seed % 5)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    host.on('exit', (_, signal) => resolve(signal))
  })
  const acknowledged = new Map<number, string>()
  for await (const line of createInterface(host.stdout)) {
    if (line === 'begin') sleep(afterMs).then(() => host.kill('SIGKILL'))
    else {
      const [length = '', treeHash = ''] = line.split(' ')
      // The kill can cut a line short.
      if (treeHash.length === 64) acknowledged.set(Number(length), treeHash)
    }
  }
  expect(await exited).toBe('SIGKILL')
  return acknowledged
}

/** Checks that the ledger consists of whole groups, each with its head, and that the drive is at the last one's. */
async function checkWhole(ledger: Ledger): Promise<void> {
  let inGroup = false
  let index = 0
  for await (const block of ledger.entries()) {
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

it('has all that was acknowledged, in whole groups, whenever it is killed', { timeout: 240_000 }, async () => {
  const random = seeded(20_261_122)
  let directory = ''
  let known = new Map<number, string>()
  let killedInCreation = 0
  for (let round = 0; round < ROUNDS; round++) {
    if (round % ROUNDS_PER_DIRECTORY === 0) {
      directory = await freshDirectory()
      known = new Map()
    }
    const fresh = known.size === 0
    const acknowledged = await runAndKill(directory, round + 1, random(fresh ? 60 : 400))
    for (const [length, hash] of acknowledged) known.set(length, hash)
    let ledger: Ledger
    try {
      ledger = await Ledger.open(directory, { crypto })
    } catch (error) {
      expect(error).toBeInstanceOf(NoLedgerError)
      expect(known.size).toBe(0)
      killedInCreation += 1
      continue
    }
    for (const [length, hash] of known) {
      const head = await ledger.groupEnd(length)
      expect(head && toHex(head.treeHash)).toBe(hash)
    }
    await checkWhole(ledger)
    // A reader that takes no lock and writes nothing sees the same.
    const { head } = ledger
    await ledger.close()
    const reader = await Ledger.open(directory, { crypto, readOnly: true })
    expect(sameBytes(reader.head.treeHash, head.treeHash)).toBe(true)
    await reader.close()
  }
  expect(killedInCreation).toBeLessThan(ROUNDS)
})
