import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { jsonToValue, valueToJson } from '../../src/output/json.ts'

const values: [string, unknown, string][] = [
  ['plain values', { a: [1, 'x', null, true] }, '{"a":[1,"x",null,true]}'],
  ['bigint', 12n, '{"$bigint":"12"}'],
  ['bytes', new Uint8Array([1, 2, 255]), '{"$bytes":"AQL/"}'],
  ['a date', new Date(0), '{"$date":"1970-01-01T00:00:00.000Z"}'],
  ['an invalid date', new Date(Number.NaN), '{"$date":null}'],
  [
    'a map',
    new Map([[{ k: 1 }, new Set([1n])]]),
    '{"$map":[[{"k":1},{"$set":[{"$bigint":"1"}]}]]}',
  ],
  ['a set', new Set(['a', 1]), '{"$set":["a",1]}'],
  ['NaN', Number.NaN, '{"$number":"NaN"}'],
  ['minus infinity', Number.NEGATIVE_INFINITY, '{"$number":"-Infinity"}'],
  ['minus zero', -0, '{"$number":"-0"}'],
  ['undefined inside', [undefined], '[{"$undefined":true}]'],
  ['a plain key that looks like a form', { $bytes: 'AQ==' }, '{"$$bytes":"AQ=="}'],
  ['the escape itself', { $$bytes: 1 }, '{"$$$bytes":1}'],
  ['several keys need no escape', { $bytes: 1, $set: 2 }, '{"$bytes":1,"$set":2}'],
  ['an own key __proto__', JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}'],
]

test.each(values)('%s goes to JSON and back', (_name, value, json) => {
  expect(valueToJson(value)).toBe(json)
  const back = jsonToValue(json)
  expect(back).toStrictEqual(value)
  expect(valueToJson(back)).toBe(json)
})

test('no result is null', () => {
  expect(valueToJson(undefined)).toBe('null')
})

test('values of another realm are read as what they are', () => {
  expect(valueToJson(runInNewContext('[new Map([[1, new Date(0)]]), new Uint8Array([1])]'))).toBe(
    '[{"$map":[[1,{"$date":"1970-01-01T00:00:00.000Z"}]]},{"$bytes":"AQ=="}]',
  )
})

test.each([
  '{"$bigint":1}',
  '{"$bytes":"a"}',
  '{"$map":[1]}',
  '{"$nothing":1}',
  '{"$number":"7"}',
  '{"$date":"x"}',
  '{"$undefined":1}',
])('%s is refused', (json) => {
  expect(() => jsonToValue(json)).toThrow(SyntaxError)
})
