/** Certificates for localhost, made by openssl, signed by themselves. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Makes one in `directory`; returns the paths of its files. The name in it tells them apart. */
export function makeCertificate(directory: string, name: string): Certificate {
  const cert = join(directory, `${name}.crt`)
  const key = join(directory, `${name}.key`)
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const files = ['-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...curve, ...files, ...subject], {
    stdio: 'pipe',
  })
  return { cert, key }
}
