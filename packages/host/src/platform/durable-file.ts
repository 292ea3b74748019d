/** Small files that must survive a crash: whole or not at all, for their owner alone. */
import { open, rename } from 'node:fs/promises'
import path from 'node:path'

/** Writes `dir`/`name`: after this returns, a crash cannot lose it. */
export async function writeDurably(dir: string, name: string, text: string): Promise<void> {
  const temporary = path.join(dir, `${name}.new`)
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path.join(dir, name))
  await syncDirectory(dir)
}

/** The names in a directory are in the directory, and that has to survive too. */
export async function syncDirectory(dir: string): Promise<void> {
  const directory = await open(dir, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
