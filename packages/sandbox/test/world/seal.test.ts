/** An engine that brings more than the list names is refused, with the paths of what is too much. */
import { describe, expect, it } from 'vitest'
import { kept, pinned, removed, replaced } from '../../src/world/list.ts'
import { Bench } from '../bench.ts'

describe('the list of the world', () => {
  it('stops a machine whose engine has a global that nobody has thought about', async () => {
    const bench = await Bench.start('exports.x = () => 1', { execArgv: ['--expose-gc'] })
    await expect(bench.boot()).rejects.toMatchObject({
      code: 'ERR_VMS_UNKNOWN_INTRINSIC',
      message: expect.stringContaining('globalThis.gc'),
    })
    await bench.close()
  })

  it('stops a machine whose engine lacks something far from the global object', async () => {
    const bench = await Bench.start('exports.x = () => 1', {
      execArgv: ['--no-js-regexp-escape'],
    })
    await expect(bench.boot()).rejects.toMatchObject({
      code: 'ERR_VMS_UNKNOWN_INTRINSIC',
      message: expect.stringContaining('(missing) RegExp.escape'),
    })
    await bench.close()
  })

  it('gives a reason for whatever is not as the engine has it', () => {
    for (const table of [removed, replaced, pinned]) {
      for (const reason of Object.values(table)) expect(reason.length).toBeGreaterThan(8)
    }
  })

  it('names nothing twice, and nothing that is removed', () => {
    for (const [path, text] of Object.entries(kept)) {
      const names = text.split(' ')
      expect(new Set(names).size, path).toBe(names.length)
      for (const name of names) {
        const plain = name.replace(/^:/, '')
        expect(path === 'globalThis' ? plain in removed : `${path}.${plain}` in removed).toBe(false)
      }
    }
  })
})
