/** For `--import`: all machines that the process starts have `chance()`. */
import { Machine } from '@vms/sandbox'
import { withChance } from './machine.ts'

const { start } = Machine
Machine.start = (options) => start.call(Machine, withChance(options))
