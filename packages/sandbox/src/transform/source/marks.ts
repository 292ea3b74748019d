/**
 * Marks: a comment at the end of every function and class that holds the position of its source. With it the machine can show the
 * function's text as the author wrote it (runtime/core/written.js). The mark is the last item before the closing brace, and no comment of
 * the script looks like it.
 */
import type { AnyNode } from 'acorn'
import { skipBlank } from './blank.ts'
import type { Pass } from './pass.ts'

/** The comment for a function or class whose text is that of `node`. */
export function markOf({ names, source }: Pass, node: AnyNode): string {
  return `/*${names.prefix}#${textStart(source, node)},${node.end}*/`
}

/** A method's text does not include `static`. */
function textStart(source: string, node: AnyNode): number {
  const isStatic = node.type === 'MethodDefinition' && node.static
  return isStatic ? skipBlank(source, node.start + 'static'.length) : node.start
}
