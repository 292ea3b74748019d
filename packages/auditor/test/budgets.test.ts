/** Budgets, apart from the audits that they end. */
import { BudgetExceededError } from '@vms/ledger'
import { expect, test } from 'vitest'
import { Spending } from '../src/findings/budgets.ts'

test('more calls than a function takes arguments are counted', () => {
  const spending = new Spending({ callFuel: 10 })
  const fuels = new Array<number>(500_000).fill(1)
  spending.intends(fuels)
  expect(() => spending.intends([...fuels, 11])).toThrow(BudgetExceededError)
})
