/**
 * The launcher: it sets the operating system's limits for the child process, on systems with a POSIX shell. The limits hold even if the
 * child's engine has a fault. A healthy machine reaches none of them.
 */
import process from 'node:process'
import { childLimits } from '../protocol/limits.ts'

export interface Launch {
  /** Mebibytes of the machine's heap. */
  readonly memoryMiB: number
  /** Whether the shell gives the program one more argument: the inherited descriptors from 6 on, separated by commas. */
  readonly namesDescriptors: boolean
}

/** Command and arguments that start `program` within the limits. The shell becomes the program: same process, same descriptors. */
export function launcher(
  program: string,
  args: readonly string[],
  { memoryMiB, namesDescriptors }: Launch,
): [command: string, args: readonly string[]] {
  if (process.platform === 'win32') return [program, args]
  const addresses = (childLimits.addressMiB + childLimits.addressesPerHeap * memoryMiB) * 1024
  const last = namesDescriptors ? ' "$fds"' : ''
  const script = `${limits(addresses)}\n${ownVariables}${namesDescriptors ? inherited : ''}exec "$0" "$@"${last}`
  return ['/bin/sh', ['-c', script, program, ...args]]
}

/**
 * The child writes no core files, because they would hold callers' data. No file may grow. The child opens few descriptors and maps a
 * bounded address space. If a system lacks one of these limits, the launcher continues without it.
 */
const limits = (addressKiB: number): string =>
  ['-c 0', '-f 0', `-n ${childLimits.descriptors}`, `-v ${addressKiB}`]
    .map((limit) => `ulimit ${limit} 2>/dev/null`)
    .join('\n')

/** Variables that the shell itself adds to the environment. */
const ownVariables = 'unset PWD OLDPWD SHLVL _\n'

/**
 * Descriptors that the host's own parent left open for its children. The shell lists the descriptors twice, because the first listing opens
 * one itself.
 */
const inherited = `fds=
for fd in /dev/fd/*; do
  fd="\${fd##*/}"
  case "$fd" in
    [0-5] | *[!0-9]*) ;;
    *) [ -e "/dev/fd/$fd" ] && fds="$fds,$fd" ;;
  esac
done
`
