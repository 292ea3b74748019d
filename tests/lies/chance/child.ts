/**
 * The child process of a machine with a hole in it: around the script there is a function `chance()`, which gives other
 * numbers in every process. It stands for whatever a machine might fail to close. Only tests start it.
 */
import { Engine } from '../../../packages/sandbox/src/child/engine.ts'

const { compile } = Engine.prototype
Engine.prototype.compile = function (wrapped, name) {
  const chance = `let last = ${Math.random()}; const chance = () => (last = (997 * last + 0.1) % 1)`
  return compile.call(this, `(() => { ${chance}; return ${wrapped} })()`, name)
}

await import('../../../packages/sandbox/src/child.ts')
