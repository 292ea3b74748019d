/** Holds that every link between the documents leads somewhere: to a file that is there, and to a heading in it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { files, read, resolveRelative, root } from './sources.ts'

const documents = files('**/*.md')

test('there are documents', () => {
  expect(documents.length).toBeGreaterThan(0)
})

test.each(documents)('the links of %s resolve', (path) => {
  const broken = linksOf(path).filter((link) => !resolves(path, link))
  expect(broken).toEqual([])
})

function linksOf(path: string): string[] {
  const prose = read(path)
    .replace(/^(```+|~~~+)[\s\S]*?^\1/gm, '')
    .replace(/`[^`\n]*`/g, '')
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map((match) => match[1] ?? '')
  const reference = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map((match) => match[1] ?? '')
  return [...inline, ...reference].filter((link) => !/^[a-z][a-z+.-]*:/i.test(link))
}

function resolves(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? from : resolveRelative(from, decodeURI(file))
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor)
}

/** The ids that the headings of a document get where it is shown. */
function anchorsOf(path: string): string[] {
  const seen = new Map<string, number>()
  const headings = read(path)
    .replace(/^(```+|~~~+)[\s\S]*?^\1/gm, '')
    .matchAll(/^#{1,6} +(.+?)\s*#*$/gm)
  return [...headings].map(([, heading = '']) => {
    const id = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(id) ?? 0
    seen.set(id, count + 1)
    return count === 0 ? id : `${id}-${count}`
  })
}
