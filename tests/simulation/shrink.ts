/** Makes a plan that fails shorter, as long as it fails. */
import type { Happening, Plan } from './plan.ts'

/** `fails`: whether a plan still fails. Removes ever smaller pieces of what happens, until nothing more can go. */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let happenings = plan.happenings
  let size = Math.ceil(happenings.length / 2)
  while (size >= 1) {
    const shorter = await without(plan, happenings, size, fails)
    if (shorter) happenings = shorter
    else if (size === 1) break
    else size = Math.ceil(size / 2)
  }
  return { ...plan, happenings }
}

async function without(
  plan: Plan,
  happenings: readonly Happening[],
  size: number,
  fails: (plan: Plan) => Promise<boolean>,
): Promise<readonly Happening[] | null> {
  for (let start = 0; start < happenings.length; start += size) {
    const rest = happenings.toSpliced(start, size)
    if (await fails({ ...plan, happenings: rest })) return rest
  }
  return null
}
