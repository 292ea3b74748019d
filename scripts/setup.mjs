/**
 * Installs what the workspace needs, once: the shared first step of `npm start`, `npm test` and the rest.
 *
 * It runs on whatever Node the machine has (20 or later) with nothing but npm beside it, because the install
 * is what brings the Node that everything else runs on (the `node` package, at node_modules/.bin/node).
 * A stamp says for which lockfile and manifests the last install was; while they stay the same it returns
 * without a word. It also makes what a clone needs beside its sources, where those have changed: the bundle that machines start from
 * fast, the client for pages, and the page that hosts serve.
 */
// @ts-check
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'node_modules', '.vms-setup')
const nodeBin = join(root, 'node_modules', '.bin', 'node')

/** The major version of Node that the sources need: it runs TypeScript as it is. */
const NODE_MAJOR = 24

/** npm waits for 70 seconds, without a word, before it says that there is no network; 10 are enough to tell. */
const RETRY = {
  npm_config_fetch_retry_mintimeout: '2000',
  npm_config_fetch_retry_maxtimeout: '8000',
}

/** What a failed install prints when it was the network, in npm's words and in pnpm's. */
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/

const wanted = stampOf()
const found = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
if (found !== wanted || !nodeWorks()) await install()
bundle()

/** A digest of everything that decides what an install puts where. */
function stampOf() {
  const manifests = readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}/package.json`)
    .filter((path) => existsSync(join(root, path)))
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const path of [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...manifests.sort(),
  ]) {
    hash.update(`${path}\n`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}

function nodeWorks() {
  const { stdout } = spawnSync(nodeBin, ['--version'], { encoding: 'utf8' })
  return Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? 0) >= NODE_MAJOR
}

async function install() {
  // The pin is a `config` of package.json and not its `packageManager`, which makes pnpm manage itself through
  // the lockfile and download a second copy of itself.
  /** @type {{ config: { pnpm: string } }} */
  const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pnpm = `pnpm@${config.pnpm}`
  // All of it on stderr: stdout belongs to the command that comes after.
  console.error(`Installing dependencies (${pnpm})… a minute or so, the first time only`)
  rmSync(stampFile, { force: true })
  const args = ['-y', pnpm, 'install', '--frozen-lockfile', '--config.confirm-modules-purge=false']
  // Packages run on the Node that the install brings, so pnpm checks their `engines` against that one and not against the machine's.
  const brought = /^ {2}node@(\d+\.\d+\.\d+):$/m.exec(
    readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'),
  )?.[1]
  if (brought !== undefined) args.push(`--config.node-version=${brought}`)
  const { code, output } = await passOn('npx', args)
  if (code !== 0) {
    fail(
      OFFLINE.test(output)
        ? 'the npm registry could not be reached. The first run needs it; connect (or set npm’s proxy) and run `npm run setup` again.'
        : `pnpm ended with code ${code}; its own words are above. Mend that and run \`npm run setup\` again.`,
    )
  }
  if (!nodeWorks()) {
    fail(
      `the install left no working Node ${NODE_MAJOR} at node_modules/.bin/node (see \`allowBuilds\` in pnpm-workspace.yaml).`,
    )
  }
  writeFileSync(stampFile, wanted)
  console.error('Dependencies are installed.')
}

/** Without the bundles all works too, slower and without a page; so whatever is wrong here is said by what fails later. */
function bundle() {
  for (const script of ['bundle-child.ts', 'bundle-client.ts', 'bundle-explorer.ts']) {
    spawnSync(nodeBin, [join(root, 'scripts', script)], { stdio: 'ignore' })
  }
}

/**
 * Runs a command with its output passed on to stderr, and keeps the output to tell why it failed.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function passOn(command, args) {
  return new Promise((resolve) => {
    let output = ''
    const env = { ...RETRY, ...process.env }
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        process.stderr.write(text)
      })
    }
    child.on('error', (error) => resolve({ code: 127, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/**
 * @param {string} why
 * @returns {never}
 */
function fail(why) {
  console.error(`\nsetup failed: ${why}`)
  process.exit(3)
}
