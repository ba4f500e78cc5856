import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { readEnv } from '@/lib/env'

/** A key that seals, with an ID that reveals nothing about it. */
type SealingKey = { id: string; key: Buffer }

/** The first key seals; the others open what they sealed before a change of keys. */
export type Keyring = readonly [SealingKey, ...SealingKey[]]

/** Where a secret is stored. It is sealed to this place, so that it cannot be opened when copied to another row. */
export type Place = { table: string; row: string; column: string }

/** v1.<id of the key>.<nonce>.<ciphertext with its tag>, in base64url. The database checks this form. */
const form = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/

const tagBytes = 16

/** A sealing key derived from a text of any form that an operator sets; it is as strong as that text. */
export function sealingKey(text: string): SealingKey {
  const key = Buffer.from(hkdfSync('sha256', text, '', 'oneway sealed secrets v1', 32))
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key }
}

const aadOf = ({ table, row, column }: Place) => Buffer.from(`v1\n${table}\n${row}\n${column}`)

/** AES-256-GCM with a random nonce: a lab seals a few dozen secrets, far below the 2^32 at which nonces may repeat. */
export function seal([{ id, key }]: Keyring, text: string, place: Place): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(aadOf(place))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${id}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`
}

/** A sealed secret cannot be opened: another key, another place, or changed bytes. The message reveals nothing of it. */
export class SealBroken extends Error {}

/** @throws SealBroken */
export function unseal(ring: Keyring, sealed: string, place: Place): string {
  const [, id, nonce = '', text = ''] = form.exec(sealed) ?? []
  const where = `${place.table}.${place.column} of ${place.row}`
  const found = ring.find((one) => one.id === id)
  if (!found) throw new SealBroken(`${where} was sealed by a key that is not here`)
  const bytes = Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', found.key, Buffer.from(nonce, 'base64url'), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(aadOf(place)).setAuthTag(bytes.subarray(-tagBytes))
  try {
    const opened = decipher.update(bytes.subarray(0, -tagBytes))
    return Buffer.concat([opened, decipher.final()]).toString('utf8')
  } catch {
    throw new SealBroken(`${where} does not open: it was changed, or copied from another place`)
  }
}

/** Whether a text is not sealed, sealed with an old key, or sealed with the current key. */
export function sealStateOf([{ id }]: Keyring, text: string): 'open' | 'old' | 'sealed' {
  const by = form.exec(text)?.[1]
  if (by === undefined) return 'open'
  return by === id ? 'sealed' : 'old'
}

let made: { from: string; ring: Keyring } | undefined

/**
 * The keys that seal secrets in the database, from the environment. Scripts set the variable from the data folder
 * (scripts/secret-key.ts) if an operator has not.
 * @throws Error without ONEWAY_SECRET_KEY
 */
export function keyring(): Keyring {
  const { ONEWAY_SECRET_KEY = '', ONEWAY_SECRET_KEY_OLD = '' } = process.env
  const from = `${ONEWAY_SECRET_KEY}\n${ONEWAY_SECRET_KEY_OLD}`
  if (made?.from === from) return made.ring
  const { ONEWAY_SECRET_KEY: text, ONEWAY_SECRET_KEY_OLD: old = [] } = readEnv()
  if (text === undefined)
    throw new Error('ONEWAY_SECRET_KEY not set; npm start and the scripts set it.')
  const ring: Keyring = [sealingKey(text), ...old.map(sealingKey)]
  made = { from, ring }
  return ring
}
