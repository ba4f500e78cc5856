/**
 * Identifiers that never change on a device. `model` is ProductName; the part number is something else and is not
 * compared with it. https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/authenticate.yaml
 */
export const identifiers = ['serial', 'udid', 'model', 'imei', 'meid'] as const
export type Identifier = (typeof identifiers)[number]

export const identifierNames: Record<Identifier | 'enrollment', string> = {
  serial: 'serial',
  udid: 'UDID',
  model: 'model',
  imei: 'IMEI',
  meid: 'MEID',
  enrollment: 'enrollment',
}

/** The identifiers in a message or in the inventory; absent ones are not known. */
export type Identity = Partial<Record<Identifier, string | null | undefined>>

/** An identifier with two different values. `enrollment`: a known device enrolled under another enrollment ID or MDM server. */
export type IdentityContradiction = {
  identifier: Identifier | 'enrollment'
  known: string
  reported: string
  /** Where it enrolled instead; only for `enrollment`. */
  enrolled?: { enrollmentId: string; mdmServerId: string } | undefined
}

// Blanks, dashes, letter case and invisible characters are ignored.
const compact = (text: string) => text.replace(/[\s\-\p{Cf}\p{Cc}]/gu, '').toUpperCase()
// The first 14 digits identify the device; a check digit or software version may follow (3GPP TS 23.003 §6.2).
const first14 = (text: string, digits: RegExp) => (digits.test(text) ? text.slice(0, 14) : '')

const plain: Record<Identifier, (text: string) => string> = {
  serial: compact,
  udid: compact,
  // "iPhone 6s" is a marketing name and no ProductName, so it is not compared.
  model: (text) => (/^[a-z]+\d+,\d+$/i.test(compact(text)) ? compact(text) : ''),
  imei: (text) => first14(compact(text), /^\d{14,16}$/),
  meid: (text) => first14(compact(text), /^[0-9A-F]{14,15}$/),
}

/** The form in which two values are compared; undefined for a value without information, such as blanks or zeros. */
export function plainIdentifier(
  identifier: Identifier,
  text: string | null | undefined,
): string | undefined {
  const form = plain[identifier](text ?? '')
  return /^0*$/.test(form) ? undefined : form
}

/** The identifiers that both have, with different values. */
export function identityContradictions(
  known: Identity,
  reported: Identity,
): IdentityContradiction[] {
  return identifiers.flatMap((identifier) => {
    const [was, is] = [known, reported].map((one) => plainIdentifier(identifier, one[identifier]))
    if (was === undefined || is === undefined || was === is) return []
    return [{ identifier, known: known[identifier] ?? '', reported: reported[identifier] ?? '' }]
  })
}
