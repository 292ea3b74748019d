/** Exit codes. They are a contract, because CI must tell "the host lied" from "the network is down". */

/** Exit codes of all verbs but `verify` and `check`. For a clean stop after a signal see {@link signalExit}. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** The answer is no: the call threw or aborted, the script does not start, the check found something. */
  no: 1,
  /** A flag, an argument or a file is wrong. */
  usage: 2,
  /** The command could not be completed: host unreachable, timeout, port in use, disk full. */
  incomplete: 3,
  /** The host lied: one of its signatures or proofs is wrong. `verify` uses 4 to 6. */
  lie: 7,
  /** The only service of the host (`vms exec`) faulted, so the host ended. */
  faulted: 8,
} as const

/** Exit codes of `vms verify` by verdict. Only `--all` gives `own-rules`. */
export const VERDICT_EXIT = {
  verified: 0,
  'host-fault': 1,
  incomplete: 3,
  'nondeterministic-script': 4,
  'engine-differs': 5,
  'own-rules': 6,
} as const

/** The exit code after a clean stop by a signal: 128 and the signal's number, as in shells. */
export const signalExit = (signal: 'SIGINT' | 'SIGTERM'): number =>
  signal === 'SIGINT' ? 130 : 143

/** The end of the help of `vms` and of most verbs. */
export const EXIT_HELP = `
Exit codes: 0 done; 1 the answer is no (the call threw, the script has an error);
2 wrong usage or a missing file; 3 could not be completed; 7 the host lied, and the error names the
file with the evidence; 8 (vms exec) the service failed by itself; 130/143 stopped by a signal.
With --json or --jsonl, stdout has the error as JSON, too:
{"version":1,"error":{"code":"ERR_VMS_…","message","hint"}}.`

/** The end of `vms verify --help`. */
export const VERIFY_EXIT_HELP = `
Exit codes: 0 verified; 1 the host is at fault; 2 wrong usage; 3 could not be completed;
4 the script is nondeterministic (not verified); 5 another engine, undecided (not verified);
6 (--all) verified, but the script that decides who may deploy is from no release of VMS.
With --json, stdout always has one object: the report, with "error" if the audit did not finish, or
{"version":1,"error":{"code","message","hint"}} for wrong usage.`

/** The end of `vms check --help`. */
export const CHECK_EXIT_HELP = `
Exit codes: 0 fine; 1 the check found something; 2 wrong usage; 3 could not be completed;
4 the script is nondeterministic: two runs of the same calls differ.`
