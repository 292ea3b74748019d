/** Ordinary work, as backend scripts do it: bodies of strict functions that end by printing what they came to. */
export const workloads: Readonly<Record<string, string>> = {
  recursion: `
    const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2))
    print(fib(31))`,
  'matrix product': `
    const n = 200
    const make = (seed) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i * seed + j) % 10))
    const a = make(3), b = make(7), c = make(0)
    for (let round = 0; round < 3; round++)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0
          for (let k = 0; k < n; k++) sum += a[i][k] * b[k][j]
          c[i][j] = sum
        }
    print(c[5][7])`,
  'records: filter, map, sort': `
    const people = Array.from({ length: 20000 }, (_, i) => ({ id: i, name: 'n' + (i * 7919) % 20000, age: (i * 31) % 90, tags: ['a', 'b'] }))
    let sum = 0
    for (let round = 0; round < 10; round++) {
      const found = people.filter((p) => p.age > 30).map((p) => ({ ...p, age: p.age + round })).sort((p, q) => p.age - q.age || (p.name < q.name ? -1 : 1))
      sum += found.reduce((total, p) => total + p.age, 0)
    }
    print(sum)`,
  'words counted': `
    const words = []
    for (let i = 0; i < 200000; i++) words.push('w' + ((i * 7919) % 5000))
    let counts
    for (let round = 0; round < 5; round++) {
      counts = new Map()
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    }
    print([...counts.entries()].sort((a, b) => b[1] - a[1])[0][1])`,
  'JSON there and back': `
    let value = { list: Array.from({ length: 2000 }, (_, i) => ({ id: i, text: 'item ' + i, on: i % 2 === 0, deep: { x: [i, i + 1] } })) }
    for (let round = 0; round < 40; round++) {
      value = JSON.parse(JSON.stringify(value))
      for (const item of value.list) item.deep.x.push(round)
    }
    print(value.list[10].deep.x.length)`,
  'expression parser': `
    function parse(text) {
      let at = 0
      const peek = () => text[at]
      function expression() {
        let value = term()
        while (peek() === '+' || peek() === '-') value = text[at++] === '+' ? value + term() : value - term()
        return value
      }
      function term() {
        let value = factor()
        while (peek() === '*' || peek() === '/') value = text[at++] === '*' ? value * factor() : value / factor()
        return value
      }
      function factor() {
        if (peek() === '(') { at++; const value = expression(); at++; return value }
        let digits = ''
        while (peek() >= '0' && peek() <= '9') digits += text[at++]
        return Number(digits)
      }
      return expression()
    }
    let sum = 0
    for (let i = 0; i < 20000; i++) sum += parse('(1+2)*3-' + i + '*(4+5*(6-' + (i % 7) + '))/2')
    print(sum)`,
  'classes and lists': `
    class Task { constructor(id, work) { this.id = id; this.work = work; this.next = null } run(queue) { if (--this.work > 0) queue.add(this) } get isDone() { return this.work <= 0 } }
    class Queue { head = null; tail = null; size = 0
      add(task) { task.next = null; if (this.tail) this.tail.next = task; else this.head = task; this.tail = task; this.size++ }
      take() { const task = this.head; this.head = task.next; if (!this.head) this.tail = null; this.size--; return task } }
    let done = 0
    for (let round = 0; round < 20; round++) {
      const queue = new Queue()
      for (let i = 0; i < 1000; i++) queue.add(new Task(i, 1 + (i % 100)))
      while (queue.size) { const task = queue.take(); task.run(queue); if (task.isDone) done++ }
    }
    print(done)`,
  generators: `
    function* numbers(n) { for (let i = 0; i < n; i++) yield i }
    function* evens(items) { for (const item of items) if (item % 2 === 0) yield item }
    let sum = 0
    for (let round = 0; round < 10; round++) for (const n of evens(numbers(50000))) sum += n
    print(sum)`,
  async: `
    const step = async (n) => n + 1
    const chain = async (n) => { let value = 0; for (let i = 0; i < n; i++) value = await step(value); return value }
    Promise.all(Array.from({ length: 20 }, () => chain(5000))).then((all) => print(all.length))`,
  hashing: `
    const table = new Int32Array(256)
    for (let i = 0; i < 256; i++) { let c = i; for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; table[i] = c }
    const bytes = new Uint8Array(1 << 20).map((_, i) => (i * 31) & 255)
    let crc = -1
    for (let round = 0; round < 10; round++) for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8)
    print((crc ^ -1) >>> 0)`,
  sieve: `
    let found = 0
    for (let round = 0; round < 5; round++) {
      const composite = new Uint8Array(1000000)
      found = 0
      for (let i = 2; i < composite.length; i++) { if (composite[i]) continue; found++; for (let j = i * i; j < composite.length; j += i) composite[j] = 1 }
    }
    print(found)`,
  'text put together': `
    const escape = (text) => text.replace(/[&<>]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : '&gt;'))
    let html = ''
    for (let i = 0; i < 30000; i++) html += \`<li class="item-\${i % 10}">\${escape('a < b & c > ' + i)}</li>\\n\`
    print(html.length)`,
  'immutable updates': `
    const reduce = (state, { type, id, by = 1 }) => { switch (type) { case 'add': return { ...state, items: { ...state.items, [id]: (state.items[id] ?? 0) + by } }; default: return state } }
    let state = { items: {}, version: 1 }
    for (let i = 0; i < 60000; i++) state = reduce(state, { type: 'add', id: 'k' + (i % 20), by: i })
    print(Object.values(state.items)[3])`,
  closures: `
    const compose = (...fns) => (x) => fns.reduce((value, fn) => fn(value), x)
    const add = (n) => (x) => x + n, times = (n) => (x) => (x * n) % 1000003
    const all = compose(add(1), times(3), add(7), times(5))
    let value = 0
    for (let i = 0; i < 300000; i++) value = all(value)
    print(value)`,
  'tight loop': `
    let sum = 0
    for (let i = 0; i < 100000000; i++) sum = (sum + i) | 0
    print(sum)`,
}
