/** Holds each changeset to the form that the release tool reads: front matter with packages, then a text for users. */
import { expect, test } from 'vitest'
import { files, packages, read } from './sources.ts'

const names = packages.map(({ name }) => name).join('|')
/** A formatter for Markdown takes the front matter for a heading, and the tool then reads no package. */
const FORM = new RegExp(`^---\\n(?:'(?:${names})': (?:major|minor|patch)\\n)+---\\n\\n\\S`)

test.each(files('.changeset/*.md'))('%s names packages of ours', (path) => {
  expect(read(path)).toMatch(FORM)
})
