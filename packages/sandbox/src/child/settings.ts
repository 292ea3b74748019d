/** The settings of the isolate, as JSON for `setUp` in runtime/main.js. */
import { fileErrors } from '../files/file-error.ts'
import { consoleLimits, errorUnits, methodNameUnits, oracleNameUnits } from '../protocol/limits.ts'
import type { StartOptions } from '../protocol/wire.ts'
import { worldText } from './world-text.ts'

export function runtimeSettings({
  limits,
  info,
  traced,
}: Pick<StartOptions, 'limits' | 'info' | 'traced'>): string {
  const settings = JSON.stringify({
    errorUnits,
    consoleLimits,
    methodNameUnits,
    resultBytes: limits.resultBytes,
    methods: limits.methods,
    methodBytes: limits.methodBytes,
    oracle: {
      nameUnits: oracleNameUnits,
      argsBytes: limits.oracleArgsBytes,
      uses: limits.oracleUses,
    },
    // An alarm is a file.
    alarm: { bytes: Math.min(limits.alarmBytes, limits.fileBytes) },
    fileErrors,
    info,
    traced,
  })
  return `${worldText().slice(0, -1)},${settings.slice(1)}`
}
