/** The settings of a new ledger of this release, and the changes by an operator or a deployer. */
import {
  EPOCH_BOUNDS,
  type GenesisSettings,
  MACHINE_LIMITS,
  type MachineLimits,
  WINDOW_ENTRIES,
} from '@vms/format'
import { currentSemantics, enginesOf } from '@vms/sandbox'

/** Settings that differ from the defaults. */
export interface SettingsOptions extends Partial<Omit<GenesisSettings, 'limits'>> {
  readonly limits?: Partial<MachineLimits>
}

/** All settings, in the order in which a genesis and a policy list them. */
export function fullSettings(options: SettingsOptions = {}): GenesisSettings {
  const { semantics = currentSemantics } = options
  return {
    semantics,
    engines: options.engines ?? enginesOf(semantics),
    limits: { ...MACHINE_LIMITS, ...options.limits },
    window: options.window ?? WINDOW_ENTRIES,
    epochCalls: options.epochCalls ?? EPOCH_BOUNDS.calls.default,
    epochBytes: options.epochBytes ?? EPOCH_BOUNDS.bytes.default,
    epochFuel: options.epochFuel ?? EPOCH_BOUNDS.fuel.default,
    authentication: options.authentication ?? 'signed',
  }
}
