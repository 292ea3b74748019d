/** How a host ends whose commit has failed. */

/** Says why on stderr and ends the process with code 3. */
export function endProcess(error: Error & { code?: string; hint?: string }): void {
  const { message, code = 'ERR_VMS_UNEXPECTED', hint } = error
  process.stderr.write(`fatal: ${message} [${code}]\n${hint ? `hint: ${hint}\n` : ''}`)
  process.exit(3)
}
