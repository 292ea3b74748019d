/** The settings that a deploy signs: those of the host's policy, or the lower values of `--setting`. */
import { InvalidArgumentError } from 'commander'
import type { AnyRemote } from './client.ts'

/** Settings by name. Those of `limits` are in an object of their own. */
export type Settings = Readonly<Record<string, unknown>>

/** Reads `name=value` or `limits.name=value`; repeatable. */
export function wantedSettings(given: string, settings: Settings = {}): Settings {
  const [, path = '', digits] = /^((?:limits\.)?[A-Za-z]+)=(\d+)$/.exec(given) ?? []
  const value = Number(digits)
  if (!Number.isSafeInteger(value))
    throw new InvalidArgumentError(
      'It must be a name and a number, such as epochCalls=100 or limits.fuelPerCall=1000000.',
    )
  const [name = '', limit] = path.split('.')
  if (limit === undefined) return { ...settings, [name]: value }
  return { ...settings, [name]: { ...Object(settings[name]), [limit]: value } }
}

/**
 * The settings to sign. The policy that they come from is proven under the head that the client verified. The deploy signs all of
 * them, because for a missing one the host would take the policy's value at the time of execution. Null if the log has no policy.
 */
export async function settingsToSign(
  client: AnyRemote,
  wanted: Settings,
): Promise<Settings | null> {
  const { head } = client.$ledger
  const files = client.$files.checkout(head.length)
  const policy = await files.readFile('/policy.json', 'json').catch((error) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  const { settings } = Object(policy) as { settings?: Settings }
  if (typeof settings !== 'object') return null
  const limits = { ...Object(settings['limits']), ...Object(wanted['limits']) }
  return { ...settings, ...wanted, limits }
}
