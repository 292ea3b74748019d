/** For tests of hosts and auditors: a machine without a process, and the programs that it runs. */
export { type Operation, type Program, programOf, scriptOf } from './program.ts'
export { ScriptedMachine, type ScriptedMachineOptions } from './scripted-machine.ts'
