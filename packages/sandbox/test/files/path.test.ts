import { describe, expect, it } from 'vitest'
import {
  compareBytes,
  createNormalPath,
  insidePrefix,
  normalPath,
  parentPath,
} from '../../src/files/path.ts'

describe('normal paths', () => {
  it('are absolute and without detours', () => {
    const normal = {
      '': '/',
      '/': '/',
      a: '/a',
      '/a/': '/a',
      './a//b/.': '/a/b',
      'a/../b': '/b',
      '/a/b/../..': '/',
      '/a b/ä': '/a b/ä',
      '...': '/...',
    }
    for (const [path, expected] of Object.entries(normal))
      expect(normalPath(path, 100), path).toBe(expected)
  })

  it('refuse what is none', () => {
    for (const path of ['..', '/..', 'a/../..', 'a\0', 'a\\b', '\ud800', '/\udc00\ud800']) {
      expect(() => normalPath(path, 100), JSON.stringify(path)).toThrow(
        expect.objectContaining({ name: 'InvalidPathError' }),
      )
    }
  })

  it('are bounded in bytes of UTF-8', () => {
    expect(normalPath(`/${'x'.repeat(99)}`, 100)).toHaveLength(100)
    expect(() => normalPath(`/${'x'.repeat(100)}`, 100)).toThrow()
    expect(normalPath(`/${'ä'.repeat(49)}`, 100)).toHaveLength(50)
    expect(() => normalPath(`/${'ä'.repeat(50)}`, 100)).toThrow()
  })

  it('are remembered, and a refusal stays one', () => {
    const normal = createNormalPath(10)
    for (let i = 0; i < 3_000; i++) expect(normal(`a/./${i}`)).toBe(`/a/${i}`)
    expect(normal('a/./1')).toBe('/a/1')
    for (let i = 0; i < 2; i++) expect(() => normal('/0123456789')).toThrow()
  })
})

describe('the order of paths', () => {
  it('is that of their UTF-8 bytes', () => {
    const units = [
      '',
      'a',
      'b',
      '/',
      '\u007f',
      'ä',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '😀',
      '\u{10000}',
      '\u{10ffff}',
    ]
    const texts = units.flatMap((a) => units.map((b) => a + b))
    for (const left of texts) {
      for (const right of texts) {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right))
        expect(Math.sign(compareBytes(left, right)), JSON.stringify([left, right])).toBe(bytes)
      }
    }
  })
})

describe('parents', () => {
  it('are found', () => {
    expect([parentPath('/a'), parentPath('/a/b'), parentPath('/a/b/c')]).toEqual([
      '/',
      '/a',
      '/a/b',
    ])
    expect([insidePrefix('/'), insidePrefix('/a')]).toEqual(['/', '/a/'])
  })
})
