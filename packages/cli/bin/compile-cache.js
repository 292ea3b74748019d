/**
 * Keeps the code that Node compiled in the person's cache directory, so that the next command starts sooner.
 * `NODE_COMPILE_CACHE` names another directory; `NODE_DISABLE_COMPILE_CACHE` turns the cache off.
 */
import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { dirname, join } from 'node:path'
import envPaths from 'env-paths'

/** Bits of a directory's mode that let people other than its owner write to it. */
const OTHERS_WRITE = 0o022

/** In a directory with this bit, only the owner of a file may replace it. */
const STICKY = 0o1000

/**
 * Whether nobody but this user and root can replace `directory` or a file in it. Node runs compiled code from its cache
 * without another check, so whoever writes there runs code as this user.
 */
function isPrivate(directory) {
  // On Windows the permissions of the profile protect the directory.
  if (!process.getuid) return true
  const { uid, mode } = statSync(directory)
  if (uid !== 0 && uid !== process.getuid()) return false
  if (mode & OTHERS_WRITE && !(mode & STICKY)) return false
  const parent = dirname(directory)
  return parent === directory || isPrivate(parent)
}

/** Turns the cache on. A command without it is only slower, so a home that cannot be written to is no error. */
function keepCompiledCode() {
  if (process.env.NODE_DISABLE_COMPILE_CACHE || getCompileCacheDir()) return
  try {
    const directory = join(envPaths('vms', { suffix: '' }).cache, 'compiled')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (isPrivate(directory) && isPrivate(realpathSync(directory))) enableCompileCache(directory)
  } catch {}
}

keepCompiledCode()
