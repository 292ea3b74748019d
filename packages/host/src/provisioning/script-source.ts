/** The provisioning script as this release has it. A host whose ledger was begun by another release goes on with its own. */
import { readFileSync } from 'node:fs'
import type { Script } from '../opening/deploy.ts'

// From src/ as well as from dist/: the script is shipped as it was written.
const file = new URL('./script.js', import.meta.url)

export const provisioningScript = (): Script => ({
  name: 'provisioning.js',
  title: 'Provisioning',
  source: readFileSync(file, 'utf8'),
})
