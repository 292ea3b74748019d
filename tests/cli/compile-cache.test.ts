/** The code that Node compiled of the command: kept for the next command of the same person, where nobody else can write. */
import { chmodSync, existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startVms } from '../harness/vms-process.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

/** The directory of the cache after `vms --version` in a new home. */
async function cacheAfter(place: Workplace, env: Record<string, string> = {}): Promise<string> {
  const cache = join(place.path, 'cache')
  const { code, stdout, stderr } = await startVms(place, ['--version'], {
    XDG_CACHE_HOME: cache,
    NODE_COMPILE_CACHE: '',
    ...env,
  }).finished()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  return join(cache, 'vms', 'compiled')
}

const filesIn = (directory: string): string[] => globSync('*/*', { cwd: directory })

// Other systems have their own place for caches, and Windows other permissions.
const onLinux = test.runIf(process.platform === 'linux')

onLinux('the code is kept in a directory that only the person may enter', async () => {
  const cache = await cacheAfter(makeWorkplace())
  expect(filesIn(cache).length).toBeGreaterThan(10)
  expect(statSync(cache).mode & 0o777).toBe(0o700)
})

onLinux('nothing is kept where others could replace it', async () => {
  const place = makeWorkplace()
  chmodSync(place.path, 0o777)
  expect(filesIn(await cacheAfter(place))).toEqual([])
})

onLinux('Node’s own switch turns it off', async () => {
  const cache = await cacheAfter(makeWorkplace(), { NODE_DISABLE_COMPILE_CACHE: '1' })
  expect(existsSync(cache)).toBe(false)
})

test('a home that cannot be written to is no error', async () => {
  const place = makeWorkplace()
  const file = join(place.path, place.write('file', ''))
  await cacheAfter(place, { XDG_CACHE_HOME: join(file, 'below') })
})
