/** Writes what the scripts that look for a leak come to with the Node that runs this, as JSON. For a comparison of two. */
import process from 'node:process'
import { outcomes } from './outcomes.ts'

process.stdout.write(JSON.stringify(await outcomes({ service: { callWallMs: 60_000 } })))
