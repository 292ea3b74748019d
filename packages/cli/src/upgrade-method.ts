/** The method that takes a new script; no script has one of this name. */
export const UPGRADE_METHOD = 'vms:upgrade'
