import { createHash } from 'node:crypto'
import type { PlistValue } from './plist/value'

/**
 * Keys of messages and replies whose text or data is a secret of the device: with an unlock token its passcode can
 * be cleared, with push magic and token it can be woken.
 * https://github.com/apple/device-management/tree/b6202ca/mdm/checkin
 */
const secretKey =
  /token|pushmagic|pass(?:word|code)|secret|recoverykey|recoverylock|bypasscode|escrow|privatekey|digest(?:response|challenge)|_personalrecovery|unlockkey/i

/** What replaces a secret: enough to distinguish two, and to prove that a copy kept elsewhere is the same. */
export const inPlaceOf = (bytes: Uint8Array): string =>
  `(secret, ${bytes.byteLength} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')})`

const isBytes = (value: PlistValue) => value.type === 'string' || value.type === 'data'

/** The plist with its secrets replaced, and whether there were any. Booleans and numbers are not secrets. */
export function withoutSecrets(
  value: PlistValue,
  within = false,
): { value: PlistValue; found: boolean } {
  if (within && isBytes(value) && value.value.length > 0) {
    const bytes = value.type === 'data' ? value.value : Buffer.from(String(value.value))
    return { value: { type: 'string', value: inPlaceOf(bytes) }, found: true }
  }
  if (value.type === 'data') return withoutJsonSecrets(value)
  if (value.type === 'array') {
    const items = value.items.map((item) => withoutSecrets(item, within))
    const found = items.some((item) => item.found)
    return { value: { type: 'array', items: items.map((item) => item.value) }, found }
  }
  if (value.type !== 'dict') return { value, found: false }
  let found = false
  const entries = new Map<string, PlistValue>()
  for (const [key, item] of value.entries) {
    const clean = withoutSecrets(item, within || secretKey.test(key))
    found ||= clean.found
    entries.set(key, clean.value)
  }
  return { value: { type: 'dict', entries }, found }
}

/** Names in JSON may have a dash or an underscore between their words. */
const isSecretName = (name: string) =>
  secretKey.test(name) || secretKey.test(name.replaceAll(/[_-]/g, ''))

/** Names of secrets in status items, which are JSON inside the plist; from 27 on one of them is the push token. */
const secretItem = /push-?(?:token|magic)|password|secret|recovery-?key|unlock-?token/i

function withoutJsonSecrets(data: Extract<PlistValue, { type: 'data' }>) {
  const text = Buffer.from(data.value).toString('utf8')
  if (!text.startsWith('{') || !secretItem.test(text)) return { value: data, found: false }
  try {
    const clean = JSON.stringify(
      JSON.parse(text, (key, item: unknown) =>
        typeof item === 'string' && secretItem.test(key) ? inPlaceOf(Buffer.from(item)) : item,
      ),
    )
    return { value: { type: 'data' as const, value: Buffer.from(clean) }, found: true }
  } catch {
    const value = { type: 'string' as const, value: inPlaceOf(data.value) }
    return { value, found: true }
  }
}

/**
 * The JSON of an envelope with the texts replaced whose names are those of secrets. The device's plist
 * (`raw_payload`) is left as it is.
 */
export function withoutNamedTexts(value: unknown, within = false): unknown {
  if (typeof value === 'string')
    return within && value !== '' && !isInPlace(value) ? inPlaceOf(Buffer.from(value)) : value
  if (Array.isArray(value)) return value.map((item) => withoutNamedTexts(item, within))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'raw_payload' ? item : withoutNamedTexts(item, within || isSecretName(key)),
    ]),
  )
}

const isInPlace = (text: string) => /^\(secret, \d+ bytes, SHA-256 [0-9a-f]{64}\)$/.test(text)

/** Names that only bodies with a secret contain, searched for in bodies that cannot be parsed. */
const names = [
  // As a key in XML, and as a key in a binary plist, where the byte of its length precedes it.
  ...['<key>Token<', 'UToken'],
  ...['UnlockToken', 'PushMagic', 'BootstrapToken', 'DigestResponse', 'ActivationLockBypassCode'],
  ...['RecoveryKey', 'FDE_Personal', 'RecoveryLock', 'EscrowKey', 'EscrowToken', 'Password'],
]

/** A name as it appears inside base64 at each of three offsets, without the outer letters, which depend on the bytes around it. */
const inBase64 = (name: Buffer): string[] =>
  [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), name]).toString('base64')
    const from = Math.ceil((shift * 4) / 3)
    return text.slice(from, Math.floor(((shift + name.byteLength) * 8) / 6))
  })

const marks = names.flatMap((name) => [
  name,
  ...inBase64(Buffer.from(name)),
  ...inBase64(Buffer.from(name, 'utf16le')),
])

/** Whether the bytes of a webhook body contain the name of a secret, in the clear or inside base64. */
export function namesSecret(body: Uint8Array): boolean {
  const text = Buffer.from(body).toString('latin1')
  return marks.some((mark) => text.includes(mark))
}
