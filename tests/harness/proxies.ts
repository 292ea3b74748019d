/**
 * Proxies as distributions install them, with the configuration that docs/operating.md shows: only addresses, certificates
 * and places of files are the test's own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Certificate } from './certificate.ts'

const GUIDE = fileURLToPath(new URL('../../docs/operating.md', import.meta.url))

/** Milliseconds after which a proxy that does not answer counts as hung. */
const PATIENCE_MS = 20_000

export interface ProxyOptions {
  readonly directory: string
  /** Port of the host. */
  readonly host: number
  /** Ports of the proxy: with TLS, and without. */
  readonly tls: number
  readonly plain: number
  readonly certificate: Certificate
}

/** The block of the guide in that language. */
function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(
    readFileSync(GUIDE, 'utf8'),
  )?.[1]
  if (found === undefined) throw new Error(`${GUIDE} shows no ${language}`)
  return found
}

/** Replaces what must be there. */
function replaced(config: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the configuration in ${GUIDE} lacks ${from}`)
    return text.replace(from, to)
  }, config)
}

/** Starts nginx; resolves once it answers. */
export async function startNginx(options: ProxyOptions): Promise<void> {
  const { directory, host, tls, plain, certificate } = options
  const server = replaced(block('nginx'), [
    ['127.0.0.1:5555', `127.0.0.1:${host}`],
    ['listen 443 ssl;', `listen 127.0.0.1:${tls} ssl; listen 127.0.0.1:${plain};`],
    ['/etc/letsencrypt/live/vms.example.org/fullchain.pem', certificate.cert],
    ['/etc/letsencrypt/live/vms.example.org/privkey.pem', certificate.key],
  ])
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(directory, kind)};`,
  )
  const file = join(directory, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${join(directory, 'nginx.pid')};
error_log stderr; events {} http { access_log off; ${temporary.join(' ')}\n${server} }`,
  )
  await started(spawn('nginx', ['-p', directory, '-c', file, '-e', 'stderr']), plain)
}

/** Starts Caddy; resolves once it answers. */
export async function startCaddy(options: ProxyOptions): Promise<void> {
  const { directory, host, tls, plain, certificate } = options
  const site = (address: string): string =>
    replaced(block('caddyfile'), [
      ['127.0.0.1:5555', `127.0.0.1:${host}`],
      ['vms.example.org {', address],
    ])
  const secure = site(`https://localhost:${tls} {\n  tls ${certificate.cert} ${certificate.key}`)
  const file = join(directory, 'Caddyfile')
  writeFileSync(
    file,
    `{\n  admin off\n  auto_https disable_redirects\n}\n${secure}${site(`http://localhost:${plain} {`)}`,
  )
  const env = { ...process.env, HOME: directory, XDG_DATA_HOME: directory }
  const args = ['run', '--config', file, '--adapter', 'caddyfile']
  await started(spawn('caddy', args, { env }), plain)
}

async function started(child: ChildProcess, port: number): Promise<void> {
  let said = ''
  child.stderr?.on('data', (text) => {
    said += text
  })
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await fetch(`http://localhost:${port}/livez`).catch(() => null)
    if (answer?.ok) return
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the proxy does not answer:\n${said}`)
    await sleep(50)
  }
}
