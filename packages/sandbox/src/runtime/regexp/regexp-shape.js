/**
 * Whether the engine's own matcher can be let loose with a pattern: only if from any place it can go over no more than a fixed number
 * of characters before it fails, and what it goes over besides is part of the match. Then its work is bounded by what was passed
 * over, and can be paid for afterwards. Every other pattern runs on our matcher, which pays for each step.
 */

/** Ways in which a pattern may be tried at one place. */
const waysAllowed = 64

/** Ways of trying at one place, if that bounds the work there; Infinity if nothing does. */
export function waysOf(body) {
  return ways(body, true)
}

/** `isLast`: nothing that follows can fail. */
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
    // A round that fails gives up its own choices only, as long as no other round must follow it.
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

/** Whether there are places where it does not match. */
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

/** Characters that it matches at most. */
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
