/**
 * The host of many that the benchmarks measure, in a process of its own. Arguments: directory, milliseconds until a service
 * sleeps, and a node of the DHT over which it takes calls (default: none).
 */
import { createHost, SERVICE_LIMITS } from '@vms/host'

const [dir = '', idleMs = '1000', node = ''] = process.argv.slice(2)
const [name = '', port] = node.split(':')
const bootstrap = [{ host: name, port: Number(port) }]
const ten = 10 * SERVICE_LIMITS.callWallMs
const host = await createHost({
  dir,
  port: 0,
  policy: {
    open: true,
    quotas: { services: 100_000, servicesPerCaller: 100_000, deploysPerHour: 100_000 },
  },
  hostLimits: { idleMs: Number(idleMs) },
  serviceLimits: { callWallMs: ten },
  swarm: node !== '' && { bootstrap, calls: true },
})
console.log(JSON.stringify({ url: host.url, provisioning: host.provisioning.id }))
process.once('SIGTERM', async () => {
  await host.close()
  process.exit(0)
})
