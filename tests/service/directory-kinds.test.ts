/** The directory of one service and that of a host of many are two things: neither host begins anew in the other's. */
import path from 'node:path'
import { createHost } from '@vms/host'
import { expect, test } from 'vitest'
import { makeWorkplace } from '../harness/workplace.ts'

const script = { name: 'one.js', source: 'exports.one = () => 1' }

test('each refuses the other, and begins nothing in it', async () => {
  const place = makeWorkplace()
  const [one, many] = [path.join(place.path, 'one'), path.join(place.path, 'many')]
  const serve = async (dir: string) => (await createHost({ dir, port: 0, script })).close()
  const serveMany = async (dir: string) => (await createHost({ dir, port: 0 })).close()
  await serve(one)
  await serveMany(many)
  await expect(serve(many)).rejects.toMatchObject({
    code: 'ERR_VMS_HOST_FORMAT',
    message: expect.stringContaining('host of many'),
  })
  await expect(serveMany(one)).rejects.toMatchObject({
    code: 'ERR_VMS_HOST_FORMAT',
    message: expect.stringContaining('one service'),
  })
  await serve(one)
  await serveMany(many)
})
