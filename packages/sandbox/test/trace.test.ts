import { expect, it } from 'vitest'
import type { TraceStep } from '../src/index.ts'
import { Bench } from './bench.ts'

const script = `
const save = (name, text) => System.files.writeFile('/' + name, text)

exports.both = async (text) => {
  await save('a', text)
  await System.files.writeFile('/b', new Uint8Array([text.length]))
  console.log('done')
  return System.files.readFile('/a')
}
`

async function trace(...texts: string[]) {
  const steps: TraceStep[] = []
  const bench = await Bench.booted(script, { trace: (step) => steps.push(step) })
  const results = []
  for (const text of texts) results.push(await bench.result('both', text))
  await bench.close()
  return { steps, results }
}

it('tells what a call asks of the host, with the line of the script', async () => {
  const { steps } = await trace('x')
  const lineOf = (stack: string) => /script\.js:(\d+)/.exec(stack)?.[1]
  expect(steps.map(({ operation, subject, stack }) => [operation, subject, lineOf(stack)])).toEqual(
    [
      ['writeText', '/a', '2'],
      ['reserve', '/b', '6'],
      ['writeBytes', '/b', '6'],
      ['console', 'log', '7'],
      ['readText', '/a', '8'],
    ],
  )
})

it('has other digests where something else was given or answered, and the same where not', async () => {
  const digests = async (text: string) => (await trace(text)).steps.map(({ digest }) => digest)
  const first = await digests('x')
  expect(await digests('x')).toEqual(first)
  const other = await digests('y')
  expect(other.map((digest, i) => digest === first[i])).toEqual([false, true, true, true, false])
  const longer = await digests('xx')
  expect(longer.map((digest, i) => digest === first[i])).toEqual([false, true, false, true, false])
})

it('changes no outcome', async () => {
  const bench = await Bench.booted(script)
  const plain = [await bench.result('both', 'x'), await bench.result('both', 'yy')]
  await bench.close()
  expect((await trace('x', 'yy')).results).toEqual(plain)
})
