import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

const schema = z.object({
  authSecret: z.string().min(32),
  virtualLabApiKey: z.string().min(16),
  virtualLabHmacKey: z.string().min(16),
  /** Kept, so that the address of the virtual lab in the database stays right. */
  virtualLabPort: z.int().min(1).max(65_535).optional(),
  /** Seals the keys of MDM servers in the database. Absent in a folder of an earlier version. */
  secretKey: z.string().min(32).optional(),
  /** While keys are changed: what is not sealed anew yet opens by these. */
  oldSecretKeys: z.array(z.string().min(32)).optional(),
})

export type Secrets = z.infer<typeof schema>

const fileOf = (dataDir: string) => path.join(dataDir, 'secrets.json')
const random = () => randomBytes(32).toString('base64url')

const writeDraft = (dataDir: string, secrets: Secrets) => {
  const draft = `${fileOf(dataDir)}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true })
  return draft
}

const create = (dataDir: string) => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const secrets = {
    authSecret: random(),
    virtualLabApiKey: random(),
    virtualLabHmacKey: random(),
    secretKey: random(),
  }
  const draft = writeDraft(dataDir, secrets)
  try {
    // Refuses a second name: of two processes at once, one makes the secrets and both read them.
    linkSync(draft, fileOf(dataDir))
  } catch (error) {
    if (!existsSync(fileOf(dataDir))) throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Refuses a file that holds a secret and that others of this machine can read: they may have done so.
 * Windows has no such bits.
 * @throws Error with the command that mends it
 */
export function refuseShared(file: string): void {
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return
  throw new Error(
    `${file} can be read or changed by others on this machine. Take that away (chmod 600 ${file}); if they may have used it, change what it holds as well.`,
  )
}

/**
 * Makes the data folder its owner's alone. Earlier versions left that to the umask.
 * @throws Error where that is not possible, as nothing in it would be secret then
 */
export function closeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32' || (statSync(dataDir).mode & 0o077) === 0) return
  chmodSync(dataDir, 0o700)
}

/**
 * The secrets of a data folder, made at the first call and kept in `secrets.json`, mode 0600.
 * @throws Error when the file was damaged; it is never silently made anew, as that signs everybody out
 */
export function readSecrets(dataDir: string): Secrets {
  if (!existsSync(fileOf(dataDir))) create(dataDir)
  refuseShared(fileOf(dataDir))
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')))
  } catch (cause) {
    throw new Error(
      `${fileOf(dataDir)} cannot be read as secrets. Restore it, or delete it to have new ones made: everybody must then sign in again, and the keys of MDM servers must be entered again.`,
      { cause },
    )
  }
}

const change = (dataDir: string, changed: Partial<Secrets>): Secrets => {
  const secrets = { ...readSecrets(dataDir), ...changed }
  renameSync(writeDraft(dataDir, secrets), fileOf(dataDir))
  return secrets
}

export function keepVirtualLabPort(dataDir: string, port: number): void {
  change(dataDir, { virtualLabPort: port })
}

/** The folder's own sealing key, made where an earlier version has made none, and the old ones. */
export function readSecretKeys(dataDir: string): { key: string; old: string[] } {
  const { secretKey, oldSecretKeys = [] } = readSecrets(dataDir)
  if (secretKey !== undefined) return { key: secretKey, old: oldSecretKeys }
  const made = random()
  change(dataDir, { secretKey: made })
  return { key: made, old: oldSecretKeys }
}

/** Puts a new sealing key before the folder's own, which still opens what it has sealed. */
export function renewSecretKey(dataDir: string): void {
  const { key, old } = readSecretKeys(dataDir)
  change(dataDir, { secretKey: random(), oldSecretKeys: [key, ...old] })
}

/** Only when nothing is sealed by them any more. */
export function forgetOldSecretKeys(dataDir: string): void {
  change(dataDir, { oldSecretKeys: undefined })
}
