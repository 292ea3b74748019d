/** Machines whose scripts have `chance()`: see child.ts. */
import { fileURLToPath } from 'node:url'
import type { MachineOptions } from '@vms/sandbox'

const childModule = fileURLToPath(new URL('./child.ts', import.meta.url))

/** The options of a machine that has it. */
export const withChance = (options: MachineOptions): MachineOptions => ({ ...options, childModule })
