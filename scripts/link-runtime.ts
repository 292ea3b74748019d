/**
 * Makes one classic script of the runtime's modules, because V8's code cache is not taken for modules there, and one compilation is
 * faster than eighty. Unlike a bundler's, the result renames nothing: the names of functions are what scripts see. Each module becomes
 * a function; what a module assigns after it was imported (`export let`) becomes a variable around all of them.
 */
import { createRequire } from 'node:module'
import { join, posix } from 'node:path'

/** The part of ESTree that modules are made of. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

interface Module {
  /** Number in the order of evaluation. */
  readonly number: number
  /** Of the function that it becomes. */
  readonly body: string
  /** Exported name → expression for it, in the module. */
  readonly exports: ReadonlyMap<string, string>
  /** Names of what it assigns later. */
  readonly live: ReadonlySet<string>
}

const { parse } = createRequire(join(import.meta.dirname, '../packages/sandbox/package.json'))(
  'acorn',
) as { parse: (source: string, options: object) => { body: readonly Node[] } }

/**
 * An expression whose value is a function from the name of an export of `main` to its present value.
 *
 * @throws Error if a module does what this cannot follow
 */
export function linkRuntime(texts: Readonly<Record<string, string>>, main: string): string {
  const modules = new Map<string, Module | null>()
  const order: Module[] = []

  function load(specifier: string): Module {
    const known = modules.get(specifier)
    if (known === null) throw new Error(`${specifier} imports itself`)
    if (known !== undefined) return known
    modules.set(specifier, null)
    const source = texts[specifier]
    if (source === undefined) throw new Error(`there is no module ${specifier}`)
    const module = rewrite(
      source,
      (dependency) => load(posix.join(posix.dirname(specifier), dependency)),
      () => order.length,
    )
    modules.set(specifier, module)
    order.push(module)
    return module
  }

  const { number, exports } = load(main)
  const live = order.flatMap((module) => [...module.live])
  if (new Set(live).size < live.length) throw new Error('two modules assign exports of one name')
  const cases = Array.from(exports, ([name, value]) => {
    const isLive = value === name && live.includes(name)
    return `case '${name}': return ${isLive ? name : `$${number}.${name}`}`
  })
  return `(() => {
'use strict'
let ${live.join(', ')}
${order.map(({ number, body }) => `const $${number} = (() => {\n${body}\n})()`).join('\n')}
return (name) => { switch (name) { ${cases.join('\n')} } }
})()`
}

function rewrite(
  source: string,
  load: (specifier: string) => Module,
  nextNumber: () => number,
): Module {
  const exports = new Map<string, string>()
  const live = new Set<string>()
  let head = ''
  let body = ''
  let end = 0
  const replace = (node: Node, text: string): void => {
    body += source.slice(end, node.start) + text
    end = node.end
  }
  for (const node of parse(source, { ecmaVersion: 'latest', sourceType: 'module' }).body) {
    if (node.type === 'ImportDeclaration') {
      head += importOf(node, load)
      replace(node, '')
    } else if (node.type === 'ExportNamedDeclaration') {
      const declaration = node['declaration'] as Node | null
      if (declaration === null) {
        const from = node['source'] as Node | null
        const module = from === null ? null : load(from['value'] as string)
        for (const item of node['specifiers'] as Node[]) {
          const local = nameOf(item['local'])
          const isPlain = module === null || module.live.has(local)
          exports.set(nameOf(item['exported']), isPlain ? local : `$${module.number}.${local}`)
        }
        replace(node, '')
      } else if (declaration['kind'] === 'let') {
        let text = ''
        for (const { id, init } of declaration['declarations'] as {
          id: Node
          init: Node | null
        }[]) {
          live.add(nameOf(id))
          exports.set(nameOf(id), nameOf(id))
          if (init !== null) text += `${nameOf(id)} = ${source.slice(init.start, init.end)};`
        }
        replace(node, text)
      } else {
        for (const name of declaredBy(declaration)) exports.set(name, name)
        replace(node, source.slice(declaration.start, declaration.end))
      }
    } else if (/^(?:Export|Import)/.test(node.type)) {
      throw new Error(`${node.type} is not followed`)
    }
  }
  body += source.slice(end)
  const given = Array.from(exports).filter(([name, value]) => name !== value || !live.has(name))
  const list = given.map(([name, value]) => `${name}: ${value}`).join(', ')
  return {
    number: nextNumber(),
    body: `${head}${body}\nreturn { __proto__: null, ${list} }`,
    exports,
    live,
  }
}

/** The constant that stands for an import. Not followed: what is assigned later, under another name. */
function importOf(node: Node, load: (specifier: string) => Module): string {
  const module = load((node['source'] as Node)['value'] as string)
  const names: string[] = []
  for (const item of node['specifiers'] as Node[]) {
    const local = nameOf(item['local'])
    if (item.type === 'ImportNamespaceSpecifier') {
      if (module.live.size > 0) throw new Error(`${local} is imported whole, and changes`)
      return `const ${local} = $${module.number};`
    }
    const name = nameOf(item['imported'])
    const value = module.exports.get(name)
    if (value === undefined) throw new Error(`${name} is not exported`)
    if (!module.live.has(name)) names.push(`${name}: ${local}`)
    else if (name !== local) throw new Error(`${name} is imported as ${local}, and changes`)
  }
  return names.length === 0 ? '' : `const { ${names.join(', ')} } = $${module.number};`
}

function declaredBy(declaration: Node): string[] {
  if (declaration.type !== 'VariableDeclaration') return [nameOf(declaration['id'])]
  return (declaration['declarations'] as Node[]).flatMap(({ id }) => namesIn(id as Node))
}

function namesIn(pattern: Node): string[] {
  if (pattern.type === 'Identifier') return [nameOf(pattern)]
  if (pattern.type !== 'ObjectPattern') throw new Error(`${pattern.type} is not followed`)
  return (pattern['properties'] as Node[]).flatMap(({ value }) => namesIn(value as Node))
}

function nameOf(node: unknown): string {
  return (node as { name: string }).name
}
