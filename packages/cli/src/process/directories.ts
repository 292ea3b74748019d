/** The directories of the person, as the operating system has them: `.config`, `.data`, `.cache`, `.log`. */
import envPaths, { type Paths } from 'env-paths'

export const personalDirectories = (): Paths => envPaths('vms', { suffix: '' })
