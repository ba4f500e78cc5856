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
  /** Stored, so that the virtual lab keeps the address that is in the database. */
  virtualLabPort: z.int().min(1).max(65_535).optional(),
  /** Seals the keys of MDM servers in the database. Absent in a folder of an earlier version. */
  secretKey: z.string().min(32).optional(),
  /** During a rotation: open what is not sealed with the new key yet. */
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
    // linkSync fails if the file exists: of two processes, one creates the secrets and both read them.
    linkSync(draft, fileOf(dataDir))
  } catch (error) {
    if (!existsSync(fileOf(dataDir))) throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Refuses a secret file that other users of this machine can read. Windows has no such mode bits.
 * @throws Error with the command that fixes it
 */
export function refuseShared(file: string): void {
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return
  throw new Error(
    `${file} can be read or changed by others on this machine. Restrict it (chmod 600 ${file}); if others may have used it, change the secrets in it as well.`,
  )
}

/**
 * Gives the data folder mode 0700. Earlier versions left that to the umask.
 * @throws Error if that fails, because its content would not be secret
 */
export function closeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32' || (statSync(dataDir).mode & 0o077) === 0) return
  chmodSync(dataDir, 0o700)
}

/**
 * The secrets of a data folder, created at the first call in `secrets.json`, mode 0600.
 * @throws Error if the file is damaged; it is never replaced silently, which would sign everybody out
 */
export function readSecrets(dataDir: string): Secrets {
  if (!existsSync(fileOf(dataDir))) create(dataDir)
  refuseShared(fileOf(dataDir))
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')))
  } catch (cause) {
    throw new Error(
      `${fileOf(dataDir)} cannot be read as secrets. Restore it, or delete it to create new ones: everybody must then sign in again, and the keys of MDM servers must be entered again.`,
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

/** The sealing key of the data folder, created if it is missing, and the old ones. */
export function readSecretKeys(dataDir: string): { key: string; old: string[] } {
  const { secretKey, oldSecretKeys = [] } = readSecrets(dataDir)
  if (secretKey !== undefined) return { key: secretKey, old: oldSecretKeys }
  const created = random()
  change(dataDir, { secretKey: created })
  return { key: created, old: oldSecretKeys }
}

/** Creates a new sealing key. The current one becomes an old key, which still opens what it has sealed. */
export function renewSecretKey(dataDir: string): void {
  const { key, old } = readSecretKeys(dataDir)
  change(dataDir, { secretKey: random(), oldSecretKeys: [key, ...old] })
}

/** Call it only when nothing is sealed with an old key any more. */
export function forgetOldSecretKeys(dataDir: string): void {
  change(dataDir, { oldSecretKeys: undefined })
}
