/** Programs of the system that some tests need, and that a machine may lack. */
import { execFileSync } from 'node:child_process'
import type { TestContext } from 'vitest'
import { skipLoudly } from './skip-loudly.ts'

type Program = 'nginx' | 'caddy' | 'openssl'

/** Skips the test, and says so, where one of them is missing. */
export function needsPrograms(context: TestContext, ...programs: readonly Program[]): void {
  for (const program of programs)
    if (!isInstalled(program)) skipLoudly(context, `${program} is not installed`)
}

function isInstalled(program: Program): boolean {
  try {
    execFileSync(program, [program === 'nginx' ? '-v' : 'version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
