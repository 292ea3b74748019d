/** The provisioning script of this release. A host whose ledger began with another release keeps that release's script until an upgrade. */
import { readFileSync } from 'node:fs'
import type { Script } from '../opening/deploy.ts'

// Read the same file from src/ and from dist/: the package ships the script as written.
const file = new URL('./script.js', import.meta.url)

export const provisioningScript = (): Script => ({
  name: 'provisioning.js',
  title: 'Provisioning',
  source: readFileSync(file, 'utf8'),
})
