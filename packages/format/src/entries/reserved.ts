/** The paths of the archive that are the machine's own: scripts neither see nor reach them, everybody else can read them. */

export const RESERVED_FOLDER = '/.vms'

/** One file for each pending alarm: its name is the alarm's id, its contents the encoded value `[method, arguments]`. */
export const ALARMS_FOLDER = `${RESERVED_FOLDER}/alarms`

export const alarmPath = (id: string): string => `${ALARMS_FOLDER}/${id}`

/** The state of upgrades, once there was one. */
export const SCRIPT_FILE = '/.vms-script'

/** Whether a normal path is the machine's own. */
export const isReserved = (path: string): boolean =>
  path === RESERVED_FOLDER || path === SCRIPT_FILE || path.startsWith(`${RESERVED_FOLDER}/`)
