/** The script that the crash tests serve: a counter that notes for each step who it was for, so that none can run twice unseen. */

/** File name of the script. */
export const SCRIPT_NAME = 'steps.js'

export const SCRIPT = `
exports.init = async () => {
  await System.files.mkdir('/steps')
  await System.files.writeFile('/count', '0')
}

const count = async () => Number(await System.files.readFile('/count'))

/** Counts, once for each id. The note is long enough that groups differ in size. */
exports.step = async (id, note) => {
  const path = '/steps/' + id
  const taken = await System.files.stat(path).then(() => true, () => false)
  if (taken) throw Object.assign(new Error(id + ' ran twice'), { code: 'ETWICE' })
  const next = (await count()) + 1
  await System.files.writeFile(path, next + ' ' + note)
  await System.files.writeFile('/count', String(next))
  return next
}

exports.count = count
exports.ids = async () => System.files.readdir('/steps')
`
