/** What the lying host serves: a counter and a guest list, both kept in files. */
export const GUESTS = `
exports.init = async () => {
  await System.files.mkdir('/guests')
  await System.files.writeFile('/visits', '0')
}

exports.visit = async () => {
  const visits = Number(await System.files.readFile('/visits')) + 1
  await System.files.writeFile('/visits', String(visits))
  return visits
}

exports.RSVP = async (coming, note) => {
  const guest = { by: System.caller.id, coming, note, at: Date.now() }
  await System.files.writeFile('/guests/' + System.caller.id + '.json', JSON.stringify(guest))
  return { guest, seats: 3 }
}

exports.list = async () => {
  const names = await System.files.readdir('/guests')
  return Promise.all(
    names.map(async (name) => JSON.parse(await System.files.readFile('/guests/' + name))),
  )
}
`
