import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileIn = (dataDir: string) => join(dataDir, 'set-up-code')

/**
 * The one-time code with which the first visitor becomes the admin: ONEWAY_SETUP_CODE if it is set, otherwise a
 * file in the data folder, readable by its owner only, which the first call creates.
 */
export async function ensureSetUpCode(dataDir: string): Promise<string> {
  const kept = await findSetUpCode(dataDir)
  if (kept !== undefined) return kept
  await mkdir(dataDir, { recursive: true })
  const code = `${digits()}-${digits()}-${digits()}`
  try {
    await writeFile(fileIn(dataDir), `${code}\n`, { mode: 0o600, flag: 'wx' })
    return code
  } catch (error) {
    // Another process has just created the file; its code counts.
    const other = await findSetUpCode(dataDir)
    if (other === undefined) throw error
    return other
  }
}

/** Called when the first admin exists. A code from the environment has no effect from then on. */
export async function deleteSetUpCode(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true })
}

/** Whether this is the code. The caller limits the number of tries. */
export async function checkSetUpCode(
  dataDir: string,
  given: string,
): Promise<'right' | 'wrong' | 'noCode'> {
  const code = await findSetUpCode(dataDir)
  if (code === undefined) return 'noCode'
  return isSame(code, given.trim()) ? 'right' : 'wrong'
}

async function findSetUpCode(dataDir: string): Promise<string | undefined> {
  const set = process.env.ONEWAY_SETUP_CODE
  if (set) return set
  try {
    return (await readFile(fileIn(dataDir), 'utf8')).trim()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

const digits = () => String(randomInt(10_000)).padStart(4, '0')
const digest = (text: string) => createHash('sha256').update(text).digest()
// Compares digests, which have one length, so that the time taken reveals nothing of the code.
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
