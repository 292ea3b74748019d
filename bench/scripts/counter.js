/* The script that is measured: a counter in memory, and one in a file that is read and written at every call. */
let n = 0
exports.count = () => ++n
exports.save = async () => {
  const last = await System.files.readFile('/count').catch(() => '0')
  const next = Number(last) + 1
  await System.files.writeFile('/count', String(next))
  return next
}
