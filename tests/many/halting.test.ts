/** A service is stopped while its storage fails: nobody knows whether its last group is on the disk, so the host records no head. */
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { Disk } from '../service/disk.ts'
import { COUNTER, Many } from './many.ts'

interface Record {
  readonly state: string
  readonly head: { readonly length: number } | null
}

test('a stop during which the storage of the service fails records no head that its ledger goes beyond', async () => {
  const many = await Many.make()
  const [broken, whole] = [new Disk(), new Disk()]
  const isOfService = (dir: string) => path.basename(path.dirname(dir)) === 'services'
  const onFatal = vi.fn()
  const host = await many.host({
    onFatal,
    ports: {
      ...whole.ports,
      openLedger: (dir, options) =>
        (isOfService(dir) ? broken : whole).ports.openLedger(dir, options),
    },
  })
  const { id } = await many.deploy(host, COUNTER)
  const client = await many.connect(host, id)
  await client['add']?.()
  const provisioning = await many.provisioning(host)
  broken.hold()
  const adding = client['add']?.().catch(() => {})
  await broken.reached()
  const stopping = provisioning['stop']?.(id).catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 500))
  broken.failSyncs(Object.assign(new Error('the disk is broken'), { code: 'EIO' }))
  broken.release()
  await vi.waitFor(() => expect(onFatal).toHaveBeenCalled(), 10_000)
  await host.close()
  await Promise.race([Promise.all([adding, stopping]), new Promise((r) => setTimeout(r, 1_000))])

  const again = await many.host()
  const [{ state, head }] = (await (
    await many.provisioning(again)
  ).$call('services', [])) as unknown as [Record]
  const { length } = (await many.connect(again, id)).$ledger.head
  expect({
    state,
    goesBeyond: head !== null && state === 'stopped' && length > head.length,
  }).toEqual({
    state,
    goesBeyond: false,
  })
})
