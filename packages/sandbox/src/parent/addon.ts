/** Locates the packages that the child loads. */

import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { SandboxError } from '../protocol/errors.ts'

const require = createRequire(import.meta.url)

let addon: string | null = null

/** The file of isolated-vm's addon for this computer. @throws SandboxError ERR_VMS_MACHINE_NOT_STARTED */
export function addonFile(): string {
  if (addon !== null) return addon
  const folder = folderOf(require, 'isolated-vm')
  const requireThere = createRequire(path.join(fs.realpathSync(folder), 'package.json'))
  const { path: find } = requireThere('node-gyp-build') as { path: (folder: string) => string }
  try {
    addon = fs.realpathSync(find(fs.realpathSync(folder)))
  } catch (cause) {
    const message = `isolated-vm has no addon for this computer: ${(cause as Error).message}`
    throw new SandboxError('ERR_VMS_MACHINE_NOT_STARTED', message, { cause })
  }
  return addon
}

/** Folders of the packages that the child imports when it runs from files, and of all their dependencies. */
export function packagesOfChild(): string[] {
  const folders = new Set<string>()
  const visit = (from: NodeJS.Require, manifest: string): void => {
    const { dependencies } = from(manifest) as { dependencies?: Record<string, string> }
    for (const name of Object.keys(dependencies ?? {})) {
      const folder = folderOf(from, name)
      if (folders.has(folder)) continue
      folders.add(folder)
      const inside = path.join(fs.realpathSync(folder), 'package.json')
      visit(createRequire(inside), inside)
    }
  }
  visit(require, '../../package.json')
  return Array.from(folders)
}

function folderOf(from: NodeJS.Require, name: string): string {
  for (const folder of from.resolve.paths(`${name}/package.json`) ?? []) {
    const candidate = path.join(folder, name)
    if (fs.existsSync(candidate)) return candidate
  }
  throw new SandboxError('ERR_VMS_MACHINE_NOT_STARTED', `the package ${name} is not installed`)
}
