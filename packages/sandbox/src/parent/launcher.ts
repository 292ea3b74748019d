/**
 * The launcher: limits of the operating system around the child, on systems with a POSIX shell. They hold whatever the child does, also
 * when its engine has a fault. A machine that works reaches none of them.
 */
import process from 'node:process'
import { childLimits } from '../protocol/limits.ts'

export interface Launch {
  /** Mebibytes of heap that the machine has. */
  readonly memoryMiB: number
  /** Whether the program gets one more argument: the descriptors from 6 on that it inherits, with commas between. */
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
 * No core files, which would hold what callers sent; no file that grows; few descriptors; bounded addresses. A system that lacks one
 * of them goes on without it.
 */
const limits = (addressKiB: number): string =>
  ['-c 0', '-f 0', `-n ${childLimits.descriptors}`, `-v ${addressKiB}`]
    .map((limit) => `ulimit ${limit} 2>/dev/null`)
    .join('\n')

/** What a shell adds to the environment by itself. */
const ownVariables = 'unset PWD OLDPWD SHLVL _\n'

/**
 * Descriptors that the host's parent left open for its children. The launcher lists them twice, because the first listing opens a
 * descriptor itself.
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
