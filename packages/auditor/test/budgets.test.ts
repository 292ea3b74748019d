/** Budgets, apart from the audits that they end. */
import { BudgetExceededError } from '@vms/ledger'
import { expect, test } from 'vitest'
import { BudgetMeter } from '../src/findings/budgets.ts'

test('more calls than a function takes arguments are counted', () => {
  const meter = new BudgetMeter({ callFuel: 10 })
  const fuels = new Array<number>(500_000).fill(1)
  meter.intends(fuels)
  expect(() => meter.intends([...fuels, 11])).toThrow(BudgetExceededError)
})
