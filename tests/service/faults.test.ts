/** A host of one service whose service fails by itself: callers are told, nothing is stored, and the process ends with a code of its own. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import type { ServiceFault } from '@vms/host'
import { expect, test, vi } from 'vitest'
import { LyingMachines } from '../harness/lying-machine.ts'
import { Place } from './place.ts'

const SCRIPT = `exports.ok = () => 1`

const lie = {
  run: ({ done, stop }: { done: { results: object[] }[]; stop: unknown }) => ({
    done: done.map(({ results }) => ({
      results: results.map((result) => ({ ...result, fuel: -1 })),
    })),
    stop,
  }),
}

test('callers are refused, the host closes and says why; the directory goes on', async () => {
  const place = await Place.make()
  const machines = new LyingMachines()
  const faulted = Promise.withResolvers<ServiceFault>()
  const onFatal = vi.fn()
  const host = await place.host(SCRIPT, {
    ports: { startMachine: machines.startMachine },
    onFault: (_, fault) => faulted.resolve(fault),
    onFatal,
  })
  const client = await place.connect(host)
  expect(await client['ok']?.()).toBe(1)
  const { length } = host.head
  machines.lies.set('test.js', lie as never)
  await expect(client['ok']?.()).rejects.toMatchObject({ code: 'ERR_VMS_FAULTED' })
  expect(await faulted.promise).toMatchObject({
    name: 'GroupRefusedError',
    code: 'ERR_VMS_GROUP_REFUSED',
    reason: expect.stringContaining('fuel'),
  })
  await host.close()
  machines.lies.clear()
  const again = await place.host(SCRIPT)
  // A boot, and nothing of what failed.
  expect(again.head.length).toBe(length + 1)
  expect(await (await place.connect(again))['ok']?.()).toBe(1)
  await again.close()
  expect(onFatal).not.toHaveBeenCalled()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a host that cannot record its boot does not start, and says why', async () => {
  const place = await Place.make()
  const machines = new LyingMachines()
  await (await place.host(SCRIPT)).close()
  machines.lies.set('test.js', {
    boot: (report) => ({ ...report, methods: Array(10_001).fill('m') }),
  })
  const onFatal = vi.fn()
  const options = { ports: { startMachine: machines.startMachine }, onFatal }
  await expect(place.host(SCRIPT, options)).rejects.toMatchObject({
    code: 'ERR_VMS_SERVICE_FAULT',
    fault: { code: 'ERR_VMS_GROUP_REFUSED' },
  })
  expect(onFatal).not.toHaveBeenCalled()
  expect(await place.audit()).toMatchObject({ verdict: 'verified' })
})

test('its process ends with code 8, after the caller was told', async () => {
  const place = await Place.make()
  const program = path.join(import.meta.dirname, 'faulted-host.ts')
  const ended = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [program, place.service], (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    )
  })
  expect(ended).toMatchObject({ code: 8, stdout: 'ERR_VMS_FAULTED' })
  expect(ended.stderr).toMatch(
    /^fatal: the service failed: .*fuel.* \[ERR_VMS_SERVICE_FAULT\]\nhint: /m,
  )
  expect(await place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
})
