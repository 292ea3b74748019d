/** The machine's own paths of the archive. Scripts can neither see nor reach them; everybody else can read them. */

export const RESERVED_FOLDER = '/.vms'

/** One file per pending alarm. Its name is the alarm's id, its content the encoded value `[method, arguments]`. */
export const ALARMS_FOLDER = `${RESERVED_FOLDER}/alarms`

export const alarmPath = (id: string): string => `${ALARMS_FOLDER}/${id}`

/** The state of upgrades. The file exists from the first upgrade on. */
export const SCRIPT_FILE = '/.vms-script'

/** Whether a normal path is the machine's own. */
export const isReserved = (path: string): boolean =>
  path === RESERVED_FOLDER || path === SCRIPT_FILE || path.startsWith(`${RESERVED_FOLDER}/`)
