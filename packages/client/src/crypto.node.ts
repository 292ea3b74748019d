/** The crypto port on Node. `#crypto` in package.json chooses the adapter by platform, so that no code asks where it runs. */
export { sodiumCrypto as platformCrypto } from '@vms/format/sodium'
