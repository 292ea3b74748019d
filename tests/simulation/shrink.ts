/** Makes a plan that fails shorter, as long as it fails. */
import type { Plan, PlannedEvent } from './plan.ts'

/** `fails`: whether a plan still fails. Removes ever smaller pieces of what happens, until nothing more can go. */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let events = plan.events
  let size = Math.ceil(events.length / 2)
  while (size >= 1) {
    const shorter = await without(plan, events, size, fails)
    if (shorter) events = shorter
    else if (size === 1) break
    else size = Math.ceil(size / 2)
  }
  return { ...plan, events }
}

async function without(
  plan: Plan,
  events: readonly PlannedEvent[],
  size: number,
  fails: (plan: Plan) => Promise<boolean>,
): Promise<readonly PlannedEvent[] | null> {
  for (let start = 0; start < events.length; start += size) {
    const rest = events.toSpliced(start, size)
    if (await fails({ ...plan, events: rest })) return rest
  }
  return null
}
