/** Folds the file changes of a group: many calls' writes to one path become one change. */
import { compareUtf8, type FileChange } from '@vms/format'

/**
 * The last change per path, ordered by the paths' UTF-8 bytes. A change that writes the same bytes again is still a change.
 * Throws TypeError for a path that is not normal: callers have normalised and checked them.
 */
export function foldChanges(changes: readonly FileChange[]): FileChange[] {
  const last = new Map<string, FileChange>()
  for (const change of changes) {
    assertNormal(change.path)
    last.set(change.path, change)
  }
  return [...last.values()].sort((a, b) => compareUtf8(a.path, b.path))
}

const NOT_NORMAL = /\/\/|\/\.{1,2}(?:\/|$)|\/$|\0/

// UTF-8 encodes every unpaired surrogate alike, so different paths would get the same key.
function assertNormal(path: string): void {
  if (!path.startsWith('/') || NOT_NORMAL.test(path) || !path.isWellFormed()) {
    throw new TypeError(`${JSON.stringify(path)} is not a normal path`)
  }
}
