/** Holds what is said of every file: its opening words, and what may stand in none. */
import { describe, expect, test } from 'vitest'
import { files, packages, read, sources } from './sources.ts'

const texts = files('**/*.{ts,js,mjs,json,md,yaml,yml}').filter((path) => path !== 'pnpm-lock.yaml')
const hidden = [...files('.github/**/*.yml'), ...files('.changeset/*.{md,json}'), '.ci/run']

/** Written in pieces, so that this file does not name them itself. */
const unwanted: { what: string; pattern: RegExp }[] = [
  {
    what: 'a path of one machine',
    pattern: new RegExp(`(?<![\\w.:}/-])/(${'work'}|${'root'}|${'farm'}|${'tmp'})/`),
  },
  {
    what: 'a registry host',
    pattern: new RegExp(`${'registry'}\\.(npmjs|yarnpkg)|${'deb'}\\.debian`),
  },
  { what: 'unfinished work', pattern: new RegExp(`\\b(${'TO'}DO|${'FIX'}ME|${'XX'}X)\\b`) },
  { what: 'a silenced type error', pattern: new RegExp(`@ts-${'ignore'}|@ts-${'nocheck'}`) },
]

describe.each(packages)('$name', (pkg) => {
  test('has files that begin by saying what they are', () => {
    expect(
      sources(pkg).filter((path) => !/^(#!.*\n)?(\/\/\/ <reference .*\n)*\/\*\*/.test(read(path))),
    ).toEqual([])
  })
})

test.each(unwanted)('no file holds $what', ({ pattern }) => {
  const found = [...texts, ...hidden].flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  )
  expect(found).toEqual([])
})

test('the lockfile names no host', () => {
  expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\//)
})
