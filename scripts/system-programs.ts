/**
 * Programs of the system that the tests run against: a browser, two proxies, a maker of certificates. Where this user is root on
 * Debian or a kin of it, what is missing is installed; elsewhere it is named. The tests that need it are then skipped in sight, which
 * counts as failed where CI is set.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

/** Debian's package → the names that its program may have here. VMS_CHROMIUM may name a browser elsewhere. */
const packages: Readonly<Record<string, readonly string[]>> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  'nginx-light': ['nginx'],
  caddy: ['caddy'],
  openssl: ['openssl'],
}

/** Milliseconds that apt-get may take: a browser is some 100 MB. */
const APT_LIMIT_MS = 5 * 60_000

/** Installs what is missing if that can be done, and says what stays missing. */
export function provideSystemPrograms(): void {
  const wanted = missing()
  if (wanted.length === 0) return
  if (process.getuid?.() === 0 && isInstalled('apt-get')) {
    console.log(`\n── installing ${wanted.join(', ')}: apt-get`)
    aptGet('update', '--quiet')
    // One by one: what this system does not have must not keep it from the others.
    for (const name of wanted)
      aptGet('install', '--yes', '--quiet', '--no-install-recommends', name)
  }
  const left = missing()
  if (left.length > 0) {
    console.warn(`!! some tests will not run: install ${left.join(', ')}`)
    console.warn(`   on Debian: sudo apt-get install ${left.join(' ')}`)
  }
}

function missing(): string[] {
  return Object.entries(packages)
    .filter(([name, programs]) => {
      if (name === 'chromium' && process.env['VMS_CHROMIUM'] !== undefined) return false
      return !programs.some(isInstalled)
    })
    .map(([name]) => name)
}

function isInstalled(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  // Proxies are where a user's PATH may not lead.
  return [...folders, '/usr/sbin', '/sbin'].some((folder) => existsSync(join(folder, program)))
}

function aptGet(...args: string[]): void {
  spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: APT_LIMIT_MS,
    // A proxy that starts by itself would hold the ports of the machine.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  })
}
