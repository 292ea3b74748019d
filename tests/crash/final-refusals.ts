/**
 * One long story: the machine of a call is killed, so the host refuses the request for good; and the host itself is killed around
 * that refusal, again and again. A caller who was told signs the calls anew, so the old bytes must never run; a caller who was
 * not told sends them again.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { decodeEntry, requestId, toHex } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { Ledger } from '@vms/ledger'
import { encodeClientFrame, type HostFrame } from '@vms/rpc'
import { expect } from 'vitest'
import { Witness } from '../accidents/witness.ts'
import { childProcesses, survivors } from '../harness/child-processes.ts'
import { findFreePort } from '../harness/free-port.ts'
import { type Random, seededRandom } from '../harness/random.ts'
import { execHost, type VmsHost } from '../harness/vms-host.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { Wire } from '../service/wire.ts'

const SCRIPT_NAME = 'spin.js'

/** The call runs until its fuel is spent: long enough to be killed in the middle of it. */
const SCRIPT = `
exports.ping = () => null
exports.spin = () => { for (;;); }
`

/** Code of the refusal of a call whose machine died. */
const FINAL = 'ERR_VMS_CRASH'

/** When the host is killed, of the steps that the refusal goes through. */
const MOMENTS = ['before', 'written', 'renamed', 'told', 'later'] as const

type Moment = (typeof MOMENTS)[number]

/** Milliseconds from the sending of a request to the kill of its machine: at least so many, less than twice as many. */
const RUNNING_MS = 20

/** Milliseconds from the death of the machine to the kill of the host, at most, where no step is waited for. */
const BEFORE_MS = 30

export interface RefusalStory {
  /** Kills by the moment that was aimed at. */
  readonly kills: Readonly<Record<Moment, number>>
  /** Requests whose caller was told that they are refused for good. */
  readonly told: number
  /** Requests that were refused after the restart, though their caller had not been told. */
  readonly refusedLater: number
  /** Requests that ran, most of them after the restart. */
  readonly ran: number
}

/** Runs the story with `kills` kills. The same seed gives the same plan; when exactly a kill strikes is up to the machine. */
export async function refuseAndKill(kills: number, seed: number): Promise<RefusalStory> {
  const random = seededRandom(seed)
  const place = makeWorkplace()
  place.write(SCRIPT_NAME, SCRIPT)
  const directory = join(place.path, 'service')
  const args = ['-p', String(await findFreePort()), '--no-swarm', '--dir', directory]
  const serve = (): Promise<VmsHost> => execHost(place, SCRIPT_NAME, args)
  const witness = new Witness()
  const killed: Record<Moment, number> = { before: 0, written: 0, renamed: 0, told: 0, later: 0 }
  const told = new Set<string>()
  const machines: number[] = []
  let ran = 0
  let refusedLater = 0

  let host = await serve()
  for (let round = 0; round < kills; round++) {
    const moment = MOMENTS[round % MOMENTS.length] as Moment
    const wire = await openWire(host)
    // The machine of a host that has just started boots with its first call.
    await witness.replied(wire, wire.request([['ping', []]]))
    const request = wire.request([['spin', [round]]])
    const signature = wire.sign(request)
    const id = toHex(requestId(sodiumCrypto, request))
    wire.send(encodeClientFrame(['call', round, request, signature]))
    await sleep(RUNNING_MS + random.below(RUNNING_MS))
    const children = childProcesses(host.process.child.pid as number)
    machines.push(...children)
    const heard = hear(wire)
    for (const pid of children) process.kill(pid, 'SIGKILL')
    await reach(moment, { directory, id, heard, random })
    expect(await host.process.finished('SIGKILL')).toMatchObject({ code: null })
    killed[moment] += 1
    const before = await heard
    // A busy computer may kill the machine only after the call.
    if (before?.[0] === 'refused') {
      expect(before[2]).toMatchObject({ covers: true })
      await witness.keep(wire, request, before[2])
      // Other refusals, such as that there is no machine at present, let the same bytes be sent again.
      if (before[2].code === FINAL) told.add(id)
    }

    host = await serve()
    const again = await openWire(host)
    const answer = await witness.send(again, request, signature)
    if (answer?.[0] === 'refused') {
      expect(answer[2]).toMatchObject({ code: FINAL, covers: true })
      expect(before?.[0], 'a refusal of what was answered').not.toBe('reply')
      if (!told.has(id)) refusedLater += 1
    } else {
      expect(answer?.[0]).toBe('reply')
      expect(told, 'the old bytes ran after their refusal').not.toContain(id)
      ran += 1
    }
  }

  expect((await host.process.finished('SIGTERM')).code).toBe(143)
  expect(await witness.check(directory)).toBe(kills + ran)
  await using ledger = await Ledger.open(directory, { crypto: sodiumCrypto, readOnly: true })
  for await (const block of ledger.entries()) {
    const entry = decodeEntry(block)
    if (entry.type !== 'calls') continue
    expect(told).not.toContain(toHex(requestId(sodiumCrypto, entry.request)))
  }
  expect(await survivors(machines)).toEqual([])
  return { kills: killed, told: told.size, refusedLater, ran }
}

/** A connection that has block 0 already: a host that is killed gives it no more. */
async function openWire(host: VmsHost): Promise<Wire> {
  const wire = await Wire.open(host)
  await wire.genesis()
  return wire
}

/** The answer to the call; null if the connection ends without one. */
async function hear(wire: Wire): Promise<HostFrame | null> {
  for (;;) {
    const frame = await wire.next()
    if (frame?.[0] !== 'head') return frame
  }
}

interface Watched {
  readonly directory: string
  readonly id: string
  readonly heard: Promise<HostFrame | null>
  readonly random: Random
}

/** Resolves at the moment, or once the refusal has arrived: what is waited for may be over before it is seen. */
async function reach(moment: Moment, { directory, id, heard, random }: Watched): Promise<void> {
  let isOver = false
  void heard.then(() => {
    isOver = true
  })
  const seen = async (look: () => boolean): Promise<void> => {
    while (!isOver && !look()) await nextTurn()
  }
  switch (moment) {
    case 'before':
      return await sleep(random.below(BEFORE_MS))
    case 'written':
      return await seen(() => existsSync(join(directory, 'refused.json.new')))
    case 'renamed':
      return await seen(() => refusedIn(directory).includes(id))
    case 'told':
      await heard
      return
    case 'later':
      await heard
      return await sleep(random.below(BEFORE_MS))
    default:
      return moment satisfies never
  }
}

function refusedIn(directory: string): string {
  try {
    return readFileSync(join(directory, 'refused.json'), 'utf8')
  } catch {
    return ''
  }
}
