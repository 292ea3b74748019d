import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { createEvaluator, evaluateWhole, runPiped, type Scope } from '../../src/repl/session.ts'

const scope: Scope = {
  answer: async () => 42,
  fail: async () => {
    throw new RangeError('too much')
  },
  client: { answer: async () => 42 },
}

function evaluator() {
  const { evaluate, close } = createEvaluator(scope)
  onTestFinished(close)
  return evaluate
}

test.each([
  ['answer()', 42],
  ['client.answer()', 42],
  ['await answer() + 1', 43],
  ['const n = await answer(); n * 2', 84],
  ['({ a: 1 })', { a: 1 }],
  ['{ a: 1 }', { a: 1 }],
  ['undefined', undefined],
  ['"text"', 'text'],
])('%s is %j', async (text, value) => {
  expect(JSON.stringify(await evaluateWhole(evaluator(), text))).toBe(JSON.stringify(value))
})

test.each([
  ['a call that rejects', 'fail()', /RangeError: too much/],
  ['one that is awaited', 'const x = await fail()', /RangeError: too much/],
  ['a name that is not defined', 'nonsense()', /ReferenceError: nonsense is not defined/],
  [
    'a name that is misspelt',
    'client.anwser()',
    /client\.anwser is not a function; did you mean answer\?/,
  ],
  ['after an await', 'await answer(); nonsense()', /ReferenceError: nonsense is not defined/],
  ['in an object literal', '{ a: nonsense }', /ReferenceError/],
  ['a syntax error', 'answer(]', /SyntaxError/],
  ['a syntax error with await', 'await answer(]', /SyntaxError/],
  ['half a text', 'answer(', /SyntaxError/],
  ['half a text with await', 'await answer(', /SyntaxError/],
  ['something thrown that is no error', 'throw 5', /thrown: 5/],
  ['nothing thrown', 'throw undefined', /thrown: undefined/],
])('%s is an error with a code', async (_name, text, message) => {
  const evaluate = evaluator()
  await expect(evaluateWhole(evaluate, text)).rejects.toThrow(
    expect.objectContaining({
      code: 'ERR_VMS_EXPRESSION',
      exit: 1,
      message: expect.stringMatching(message),
    }),
  )
  // And the next text is none the worse.
  expect(await evaluateWhole(evaluate, 'answer()')).toBe(42)
})

async function piped(text: string): Promise<{ values: unknown[]; error: string | null }> {
  const values: unknown[] = []
  const error = await runPiped(Readable.from([text]), evaluator(), (value) =>
    values.push(value),
  ).then(
    () => null,
    (thrown: Error) => thrown.message,
  )
  return { values, error }
}

test('piped text runs line by line and keeps its names', async () => {
  expect(await piped('const a = await answer()\n\nlet b =\n  a + 1\nb')).toEqual({
    values: [undefined, undefined, 43],
    error: null,
  })
  expect(
    await piped(
      'for (const n of [1]) {\n  await answer()\n}\nfunction twice(n) {\n  return n * 2\n}\ntwice(21)\n',
    ),
  ).toMatchObject({
    values: [undefined, undefined, 42],
    error: null,
  })
  expect(await piped('')).toEqual({ values: [], error: null })
})

test('the first error ends piped text', async () => {
  expect(await piped('1\nfail()\n2\n')).toEqual({ values: [1], error: 'RangeError: too much' })
  expect(await piped('1\nnonsense\n2\n')).toEqual({
    values: [1],
    error: 'ReferenceError: nonsense is not defined',
  })
  expect(await piped('1\nanswer(\n')).toMatchObject({
    values: [1],
    error: expect.stringContaining('SyntaxError'),
  })
})

test.each(['await list(', 'await list([', 'list(', 'await 1 1', 'const ='])(
  'the problem with %s is said in one line',
  async (text) => {
    await expect(evaluateWhole(evaluator(), text)).rejects.toThrow(/^SyntaxError: \S[^\n^]{8,}$/)
  },
)
