/** A service that is awake, with what its host signs for it. */
import type { CallableService as Callable } from '../connections/connection.ts'
import type { HostKeys } from '../opening/keys.ts'
import type { Service } from '../service/service.ts'

export interface OpenService extends Callable {
  readonly service: Service
  /** Secret half of the genesis' `keys.transport`: proves over the DHT that this is the host. */
  readonly transportKey: Uint8Array
}

export const secretsOf = ({ refusal, transport }: HostKeys): Omit<OpenService, 'service'> => ({
  refusalKey: refusal.secretKey,
  transportKey: transport.secretKey,
})
