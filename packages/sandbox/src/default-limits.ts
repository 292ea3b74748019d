/** Limits for stand-alone use. A service takes them from its genesis. */
import { MACHINE_LIMITS } from '@vms/format'
import type { MachineLimits } from './limits.ts'

export const defaultMachineLimits: MachineLimits = MACHINE_LIMITS
