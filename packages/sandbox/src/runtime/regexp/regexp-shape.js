/**
 * Decides whether the engine's own matcher may run a pattern. From any position it must fail after a fixed number of characters, unless
 * what it visits becomes part of the match. Then the number of visited characters bounds its work, and the script can pay afterwards. Every
 * other pattern runs on our matcher, which pays for each step.
 */

/** Maximum number of ways to try a pattern at one position. */
const waysAllowed = 64

/** Number of ways to try a pattern at one position; Infinity if nothing bounds the work there. */
export function waysOf(body) {
  return ways(body, true)
}

/** `isLast`: nothing after the node can fail. */
function ways(node, isLast) {
  switch (node.type) {
    case 'char':
    case 'edge':
    case 'word':
      return 1
    case 'ref':
      return Infinity
    case 'group':
      return ways(node.body, isLast)
    case 'look':
      return mostUnits(node.body) === Infinity ? Infinity : 1 + ways(node.body, true)
    case 'alt': {
      let sum = 0
      for (let i = 0; i < node.list.length; i++) sum += ways(node.list[i], isLast)
      return bounded(sum)
    }
    case 'seq': {
      let product = 1
      let last = isLast
      for (let i = node.list.length - 1; i >= 0; i--) {
        product *= ways(node.list[i], last)
        last &&= !canFail(node.list[i])
      }
      return bounded(product)
    }
    case 'loop':
      return waysOfLoop(node, isLast)
    default:
      return Infinity
  }
}

function waysOfLoop({ min, max, body }, isLast) {
  const units = mostUnits(body)
  if (max === Infinity) {
    // A failing iteration gives up only its own choices, as long as no other iteration must follow.
    if (!isLast || (min > 1 && units === Infinity)) return Infinity
    return min > 1 ? bounded(min * ways(body, false)) : ways(body, true)
  }
  if (units === Infinity) return max === 1 && isLast ? 1 + ways(body, true) : Infinity
  const once = ways(body, false)
  return once === 1 ? bounded(max - min + 1 + max / 16) : bounded((once + 1) ** max)
}

function bounded(count) {
  return count <= waysAllowed ? count : Infinity
}

/** Whether there are positions where the node does not match. */
export function canFail(node) {
  switch (node.type) {
    case 'seq':
      for (let i = 0; i < node.list.length; i++) if (canFail(node.list[i])) return true
      return false
    case 'alt':
      for (let i = 0; i < node.list.length; i++) if (!canFail(node.list[i])) return false
      return true
    case 'group':
      return canFail(node.body)
    case 'loop':
      return node.min > 0 && canFail(node.body)
    default:
      return true
  }
}

/** Maximum number of characters that the node matches. */
function mostUnits(node) {
  switch (node.type) {
    case 'char':
      return 1
    case 'group':
      return mostUnits(node.body)
    case 'seq': {
      let sum = 0
      for (let i = 0; i < node.list.length; i++) sum += mostUnits(node.list[i])
      return sum
    }
    case 'alt': {
      let most = 0
      for (let i = 0; i < node.list.length; i++) {
        const units = mostUnits(node.list[i])
        if (units > most) most = units
      }
      return most
    }
    case 'loop': {
      const units = mostUnits(node.body)
      return units === 0 ? 0 : node.max * units
    }
    case 'ref':
      return Infinity
    default:
      return 0
  }
}
