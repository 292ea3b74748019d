/** The directories of this person for the files of `vms`, by the rules of the operating system. */
import envPaths, { type Paths } from 'env-paths'

export const personalDirectories = (): Paths => envPaths('vms', { suffix: '' })
