import { randomBytes } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
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
 * The secrets of a data folder, made at the first call and kept in `secrets.json`, mode 0600.
 * @throws Error when the file was damaged; it is never silently made anew, as that signs everybody out
 */
export function readSecrets(dataDir: string): Secrets {
  if (!existsSync(fileOf(dataDir))) create(dataDir)
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')))
  } catch (cause) {
    throw new Error(
      `${fileOf(dataDir)} cannot be read as secrets. Restore it, or delete it to have new ones made: everybody must then sign in again.`,
      { cause },
    )
  }
}

export function keepVirtualLabPort(dataDir: string, port: number): void {
  const secrets = { ...readSecrets(dataDir), virtualLabPort: port }
  renameSync(writeDraft(dataDir, secrets), fileOf(dataDir))
}
