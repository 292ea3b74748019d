/** Exit codes: part of the command line's contract, because CI must tell "the host lied" from "the network is down". */

/** What all verbs but `verify` exit with. A clean stop after a signal is {@link signalExit}. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** The answer is no: the call threw or aborted, the script does not start, the check found something. */
  no: 1,
  /** Wrong flags, arguments or files named. */
  usage: 2,
  /** Could not be completed: unreachable, timed out, port taken, disk. */
  incomplete: 3,
  /** The host lied: a signature or proof of it does not hold. `verify` uses 4 to 6. */
  lie: 7,
  /** The only service of the host (`vms exec`) is faulted, so the host ends. */
  faulted: 8,
} as const

/** What `vms verify` exits with, by verdict; `own-rules` is one of `--all` only. */
export const VERDICT_EXIT = {
  verified: 0,
  'host-fault': 1,
  incomplete: 3,
  'nondeterministic-script': 4,
  'engine-differs': 5,
  'own-rules': 6,
} as const

/** Exit code of a process that a signal ended cleanly: 128 + the signal's number, as shells count. */
export const signalExit = (signal: 'SIGINT' | 'SIGTERM'): number =>
  signal === 'SIGINT' ? 130 : 143

/** Shown at the end of `vms --help` and of every verb's help. */
export const EXIT_HELP = `
Exit codes: 0 done; 1 the answer is no (the call threw, the script has an error);
2 wrong usage or a missing file; 3 could not be completed; 7 the host lied, and the error names the
file with the evidence; 8 (vms exec) the service failed by itself; 130/143 stopped by a signal.
With --json or --jsonl, what keeps a command from its answer is JSON on stdout as well:
{"version":1,"error":{"code":"ERR_VMS_…","message","hint"}}.`

/** Shown at the end of `vms verify --help`. */
export const VERIFY_EXIT_HELP = `
Exit codes: 0 verified; 1 the host is at fault; 2 wrong usage; 3 could not be completed;
4 the script is nondeterministic (not verified); 5 another engine, undecided (not verified);
6 (--all) all is verified, but a script that no release of VMS came with decides who may deploy.
With --json there is an object on stdout in any case: the report, with "error" where there is
none of a whole history, or {"version":1,"error":{"code","message","hint"}} for wrong usage.`

/** Shown at the end of `vms check --help`. */
export const CHECK_EXIT_HELP = `
Exit codes: 0 fine; 1 the check found something; 2 wrong usage; 3 could not be completed;
4 the script is nondeterministic: two runs of the same calls differ.`
