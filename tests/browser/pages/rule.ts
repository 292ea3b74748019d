/** Hands the signature rule, as browsers keep it, to the test. */
import { fromHex } from '@vms/format'
import { webChecker } from '@vms/format/web-crypto'

Object.assign(globalThis, { rule: { fromHex, webChecker } })
