/**
 * Marks: a comment at the end of every function and class says where it was written, so that the machine can give its text as it was
 * written (runtime/core/written.js). It is the last thing before the last bracket, and no comment of the script's looks like it.
 */
import type { AnyNode } from 'acorn'
import { skipBlank } from './blank.ts'
import type { Pass } from './pass.ts'

/** The comment for a function or class whose text is that of `node`. */
export function markOf({ names, source }: Pass, node: AnyNode): string {
  return `/*${names.prefix}#${textStart(source, node)},${node.end}*/`
}

/** `static` is no part of a method's text. */
function textStart(source: string, node: AnyNode): number {
  const isStatic = node.type === 'MethodDefinition' && node.static
  return isStatic ? skipBlank(source, node.start + 'static'.length) : node.start
}
