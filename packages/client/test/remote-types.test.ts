/** What the compiler makes of a typed remote. The assertions are types; the tests only make the file one. */

import type { Value } from '@vms/format'
import { expectTypeOf, test } from 'vitest'
import type { connect, Methods, NodeVMSClient, Receipted, Remote } from '../src/index.ts'

/** The exports of a script. */
interface Script {
  RSVP(isGoing: boolean, reason?: string): Promise<number>
  list(): string[]
  init(): void
  version: string
  then(): void
  toJSON(): string
  $secret(): void
}

type Service = Remote<Script>

test('methods keep their arguments, and their results become promises once', () => {
  expectTypeOf<Service['RSVP']>().toEqualTypeOf<
    (isGoing: boolean, reason?: string) => Promise<number>
  >()
  expectTypeOf<Service['list']>().toEqualTypeOf<() => Promise<string[]>>()
})

test('what is no method of a caller is not there', () => {
  expectTypeOf<keyof Methods<Script>>().toEqualTypeOf<'RSVP' | 'list'>()
})

test('wrong arguments and unknown methods do not compile', () => {
  const check = async (remote: Service): Promise<void> => {
    await remote.RSVP(true)
    // @ts-expect-error the argument is a boolean
    await remote.RSVP('yes')
    // @ts-expect-error the argument is missing
    await remote.RSVP()
    // @ts-expect-error the script has no such export
    await remote.nope()
    // @ts-expect-error only functions are methods
    await remote.version()
    // @ts-expect-error init runs at deployment and cannot be called
    await remote.init()
    // @ts-expect-error names that begin with $ are the remote's own
    await remote.$secret()
    // @ts-expect-error methods are read-only
    remote.list = async () => []
  }
  expectTypeOf(check).toBeFunction()
})

test('the members of a remote', () => {
  expectTypeOf<Service['$call']>().returns.toEqualTypeOf<Promise<Value>>()
  expectTypeOf<Service['$receipt']>().returns.toEqualTypeOf<Promise<Receipted>>()
  expectTypeOf<Service['$close']>().toEqualTypeOf<() => void>()
  expectTypeOf<Service>().toExtend<AsyncDisposable>()
})

test('connecting gives the type that was asked for', () => {
  expectTypeOf<typeof connect<Script>>().returns.resolves.toEqualTypeOf<Service>()
  const check = async (client: NodeVMSClient): Promise<number> => {
    const service = await client.connect<Script>('localhost:5555')
    // @ts-expect-error the script has no such export
    await service.nope()
    return service.RSVP(true)
  }
  expectTypeOf(check).toBeFunction()
})
