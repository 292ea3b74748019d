/** The folder of the archive that is the machine's own: scripts neither see it nor reach it, everybody else can read it. */
import { insidePrefix } from './path.ts'

export const reservedFolder = '/.vms'

/** One file for each pending alarm: its name is the alarm's id, its contents the encoded value `[method, arguments]`. */
export const alarmsFolder = `${reservedFolder}/alarms`

export const alarmPath = (id: string): string => `${alarmsFolder}/${id}`

/** A file beside it, which says what script the service runs. The machine leaves it to its users. */
const scriptFile = '/.vms-script'

/** Whether a normal path is the machine's own. */
export const isReserved = (path: string): boolean =>
  path === reservedFolder || path === scriptFile || path.startsWith(insidePrefix(reservedFolder))
