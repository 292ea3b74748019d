/** What `vms deploy` signs: every setting of the genesis, so that the host has none of them to choose. */
import { expect, test } from 'vitest'
import { hostMany } from '../harness/vms-many.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

/** Each starts some dozen processes. */
const SLOW = { timeout: 180_000 }

test(
  'a deploy signs all settings, less where it is told so, and no more than the host allows',
  SLOW,
  async () => {
    const place = makeWorkplace()
    const host = await hostMany(place)
    const script = place.example('counter.js')
    const deploy = ['deploy', script, '--to', host.url, '--json']
    const less = ['--setting', 'epochCalls=7', '--setting', 'limits.depth=99']
    const deployed = await vms(place, [...deploy, ...less])
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 })
    const { ledger } = JSON.parse(deployed.stdout) as { ledger: string }

    const at = (key: string): string => key.replace('vms://', `${host.url}/`)
    const log = await vms(place, ['log', at(host.provisioning), '--jsonl'])
    const entries = log.stdout.trimEnd().split('\n')
    const calls = entries.flatMap((line) => JSON.parse(line).calls ?? [])
    const [{ args }] = calls.filter(({ method }) => method === 'deploy')
    const genesis = JSON.parse(
      (await vms(place, ['log', at(ledger), '--jsonl'])).stdout.split('\n')[0] as string,
    )
    const { limits, window, semantics, engines, authentication } = genesis
    const { epochCalls, epochBytes, epochFuel } = genesis
    expect(args[0].settings).toEqual({
      limits,
      window,
      epochCalls,
      epochBytes,
      epochFuel,
      semantics,
      engines,
      authentication,
    })
    expect(args[0].upgrade).toEqual({ callers: [], delayMs: 0 })
    expect({ depth: limits.depth, epochCalls }).toEqual({ depth: 99, epochCalls: 7 })

    for (const [setting, code] of [
      ['limits.depth=1000000', 'ERR_VMS_SETTING'],
      ['epochCalls=0', 'ERR_VMS_SETTING'],
      ['colour=1', 'ERR_VMS_SETTING'],
    ] as const)
      expect(await vms(place, [...deploy, '--setting', setting])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`[${code}]`),
      })
    expect(await vms(place, [...deploy, '--setting', 'depth'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a name and a number'),
    })
    expect((await vms(place, ['verify', host.url, '--all'])).code).toBe(0)
  },
)
