#!/usr/bin/env node
/**
 * The `vms` and `nodevms` commands. Plain JavaScript that old versions of Node parse too, so that the person on one of
 * them reads what is needed instead of a syntax error.
 */
import { existsSync } from 'fs'

var NODE_MAJOR = 24

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
  console.error(
    'vms needs Node.js ' +
      NODE_MAJOR +
      ' or newer; this is ' +
      process.version +
      ' (see https://nodejs.org)',
  )
  process.exit(2)
}

// The clone runs its sources; a package from the registry has no tsconfig.json, and Node strips no types in node_modules.
var cloned = existsSync(new URL('../tsconfig.json', import.meta.url))
// First, because Node keeps only what it compiles after the cache is on.
import('./compile-cache.js')
  .then(function () {
    return import(cloned ? '../src/main.ts' : '../dist/main.js')
  })
  .catch(function (error) {
    console.error(error)
    process.exitCode = 3
  })
