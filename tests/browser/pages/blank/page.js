/** Hands the client to the test. */
import * as vms from '/vms/client.js'

globalThis.vms = vms
