/** A service on ports in memory, step by step: no step happens that the test does not ask for, and nothing waits. */
import {
  decodeEntry,
  decodeValue,
  encodeEntry,
  encodeRequest,
  encodeValue,
  type GenesisEntry,
  newGenesis,
  signRequest,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { currentSemantics, enginesOf, type MachineOptions } from '@vms/sandbox'
import { ScriptedMachine, scriptOf } from '@vms/sandbox/testing'
import { expect, test } from 'vitest'
import { makeKeys } from '../src/opening/keys.ts'
import { startService } from '../src/opening/starting.ts'
import { HostOracles } from '../src/oracles/oracles.ts'
import type { Service } from '../src/service/service.ts'
import { SERVICE_LIMITS } from '../src/settings/limits.ts'
import { MemoryLedger, MemoryRefusals, MemoryStore, VirtualTime } from '../src/testing/index.ts'

const START = 1_760_000_000_000
const DELAY_MS = 5_000
const EPOCH_CALLS = 3
/** The scripted machine takes 100 units for an operation. */
const EPOCH_FUEL = 100_000

const SCRIPT = scriptOf({
  methods: {
    count: [{ do: 'remember' }],
    later: [{ do: 'alarm', afterMs: DELAY_MS, method: 'count' }],
    work: Array.from({ length: EPOCH_FUEL / 200 }, () => ({ do: 'remember' }) as const),
  },
})

const caller = crypto.keyPair()
const keys = makeKeys(crypto)

const genesisOf = (signer: Uint8Array): GenesisEntry =>
  newGenesis(crypto, {
    semantics: currentSemantics,
    engines: enginesOf(currentSemantics),
    origin: 'vms/test',
    script: { name: 'program.js', source: SCRIPT },
    epochCalls: EPOCH_CALLS,
    epochFuel: EPOCH_FUEL,
    signer,
    keys: {
      transport: keys.transport.publicKey,
      checkpoint: keys.checkpoint.publicKey,
      refusal: keys.refusal.publicKey,
    },
  })

const never = (): Promise<never> => Promise.reject(new Error('the ledger is open'))

/** A service, and the time that decides when it does anything by itself. */
async function started(): Promise<{ service: Service<MemoryLedger>; time: VirtualTime }> {
  const time = new VirtualTime(START)
  const store = new MemoryStore(crypto, (signer) => encodeEntry(genesisOf(signer)))
  const ledger = new MemoryLedger(store)
  const genesis = genesisOf(store.manifest.signer)
  const timers = time.timers(() => true)
  const engine = { v8: '1', icu: '1', unicode: '1', tz: '1', arch: 'x64' }
  const startMachine = async (options: MachineOptions) => {
    const scriptHash = crypto.sha256(new TextEncoder().encode(options.script))
    return new ScriptedMachine({ ...options, engine, scriptHash })
  }
  const openRefusals = async () => new MemoryRefusals(new Map())
  const service = await startService(
    { ledger, genesis, keys, created: true },
    {
      ports: {
        ...{ crypto, timers, startMachine, openRefusals },
        now: () => time.now,
        openLedger: never,
        createLedger: never,
      },
      limits: SERVICE_LIMITS,
      oracles: new HostOracles({ functions: {}, limits: SERVICE_LIMITS, timers }),
      onFatal: (error) => {
        throw error
      },
      onFault: ({ reason }) => {
        throw new Error(reason)
      },
    },
  )
  return { service, time }
}

let nonce = 0

/** Submits one call. Resolves once it is admitted, with the promise of its entry. */
async function admitted(service: Service<MemoryLedger>, method: string) {
  const { queued } = service.state
  const answer = submitted(service, method)
  while (service.state.queued === queued) await new Promise((resolve) => setImmediate(resolve))
  return { answer }
}

function submitted(service: Service<MemoryLedger>, method: string) {
  const { ledger } = service
  const { length, treeHash } = ledger.head
  const request = encodeRequest({
    version: 1,
    ledger: ledger.key,
    caller: caller.publicKey,
    head: { length, treeHash },
    expires: START + 60_000,
    nonce: new Uint8Array(16).fill(++nonce),
    calls: [[method, encodeValue([null])]],
  })
  return service.submit(request, signRequest(crypto, request, caller.secretKey))
}

test('a step executes what waits, and its group is durable when the call is answered', async () => {
  const { service } = await started()
  const length = service.ledger.length
  const answers = [await admitted(service, 'count'), await admitted(service, 'count')]
  expect(service.state.queued).toBe(2)
  await service.step()
  const [first, second] = await Promise.all(answers.map(({ answer }) => answer))
  expect([first?.index, second?.index]).toEqual([length, length + 1])
  expect(service.ledger.length).toBe(length + 2)
  await service.step()
  expect(service.ledger.length).toBe(length + 2)
})

test('a spent epoch is a boot in the next step', async () => {
  const { service } = await started()
  for (let i = 0; i <= EPOCH_CALLS; i++) {
    const { answer } = await admitted(service, 'count')
    await service.step()
    const { outcomes } = await answer
    const [outcome] = outcomes
    const [counted] = decodeValue(outcome?.value as Uint8Array) as number[]
    expect(counted).toBe(1 + (i % EPOCH_CALLS))
  }
  const { type } = decodeEntry(await service.ledger.get(service.ledger.length - 2))
  expect(type).toBe('boot')
})

test('what the machine ran beyond the fuel of an epoch runs again after the boot', async () => {
  const { service } = await started()
  const start = service.ledger.length
  const answers = []
  for (let i = 0; i < 3; i++) answers.push(await admitted(service, 'work'))
  await service.step()
  expect(service.state.queued).toBe(1)
  await service.step()
  const entries = await Promise.all(answers.map(({ answer }) => answer))
  expect(entries.map(({ index }) => index)).toEqual([start, start + 1, start + 3])
  const boot = decodeEntry(await service.ledger.get(start + 2))
  expect(boot).toMatchObject({ type: 'boot', reason: 'epoch' })
})

test('an alarm fires in a step after its time, and not before', async () => {
  const { service, time } = await started()
  const { answer } = await admitted(service, 'later')
  await service.step()
  const { index } = await answer
  await service.step()
  expect(service.ledger.length).toBe(index + 1)
  expect(service.nextAlarm).toBe(START + DELAY_MS)
  // Time passes; the service's own timers do the rest.
  await time.run(() => time.now >= START + DELAY_MS && service.ledger.length > index + 1)
  expect(decodeEntry(await service.ledger.get(index + 1))).toMatchObject({
    type: 'alarm',
    method: 'count',
    due: START + DELAY_MS,
    time: START + DELAY_MS,
  })
  expect(service.nextAlarm).toBeNull()
})
