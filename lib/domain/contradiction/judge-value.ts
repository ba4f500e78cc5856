import type { Family } from '../device/device'
import { below, type OsVersion } from '../device/os-version'
import type { Allowed, Dispute, DocumentedKey } from '../documentation/documented-key'
import type { PlistValue } from '../documentation/plist-value'
import type { PathFinding } from './finding'

/** The platform and version for which the documentation is read. */
export type Place = { family: Family; os: OsVersion }

type Judged = Omit<PathFinding, 'path' | 'outOf'>

/** Judges type and value of a documented key, and adds what Apple's own texts contradict each other about. */
export function judgeValue(key: DocumentedKey, value: PlistValue, place: Place): Judged[] {
  const own = { cites: key.cites, reported: key.reported }
  const disputed = disputesOf(key, place, (dispute) => concerns(dispute, value))
  if (key.type !== 'any' && value.type !== key.type)
    return [
      {
        ...own,
        kind: 'typeDiffers',
        observed: value.type,
        expected: key.type,
        reason: `${value.type} where ${key.type} is documented`,
      },
      ...disputed,
    ]
  const odd = key.allowed && oddValue(key.allowed, value, place.family)
  if (odd)
    return [
      { ...own, kind: 'valueNotListed', ...odd, reason: `${odd.observed} is not ${odd.expected}` },
      ...disputed,
    ]
  if (disputed.length > 0) return disputed
  const { type } = value
  return [{ ...own, kind: 'conforms', observed: type, expected: key.type, reason: 'as documented' }]
}

/** The contradictions within Apple's documentation that concern this value, as findings. */
export function disputesOf(
  key: DocumentedKey,
  { family, os }: Place,
  applies: (dispute: Dispute) => string | undefined,
): Judged[] {
  return key.disputes
    .filter(({ families }) => families?.includes(family) ?? true)
    .filter((dispute) => dispute.below === undefined || below(os, dispute.below))
    .flatMap((dispute) => {
      const observed = applies(dispute)
      if (observed === undefined) return []
      const { reason, cites } = dispute
      const expected = 'documents that agree'
      const kind = 'documentationInconsistent' as const
      return [{ kind, observed, expected, reason, cites, reported: [] }]
    })
}

const concerns = ({ when }: Dispute, value: PlistValue): string | undefined => {
  if (when === 'missing') return undefined
  if (when === 'present') return 'present'
  if ('type' in when) return value.type === when.type ? value.type : undefined
  return value.type === 'string' && value.value === when.word ? wordOf(when.word) : undefined
}

type Odd = { observed: string; expected: string }

function oddValue(allowed: Allowed, value: PlistValue, family: Family): Odd | undefined {
  if ('words' in allowed) {
    if (value.type !== 'string') return undefined
    const words = [...allowed.words, ...(allowed.only?.[family] ?? [])]
    if (words.includes(value.value)) return undefined
    return { observed: wordOf(value.value), expected: `one of ${words.join(', ')}` }
  }
  if ('integers' in allowed) {
    if (value.type !== 'integer' || allowed.integers.includes(value.value)) return undefined
    return { observed: String(value.value), expected: `one of ${allowed.integers.join(', ')}` }
  }
  return value.type === 'real' ? oddReal(allowed, value.value) : undefined
}

/** Leaves the number out of the text, so that two devices out of range by different amounts have the same finding. */
function oddReal(
  { min, max, also = [] }: Extract<Allowed, { min: number }>,
  value: number | undefined,
): Odd | undefined {
  const expected = [`a real from ${min} to ${max}`, ...also.map(String)].join(' or ')
  if (value === undefined) return { observed: 'not a finite number', expected }
  if ((value >= min && value <= max) || also.includes(value)) return undefined
  return { observed: value < min ? `a real below ${min}` : `a real above ${max}`, expected }
}

/** A text of the device, quoted and cut, so that it cannot be mistaken for one of this program. */
const wordOf = (text: string): string =>
  text.length > 64 ? `${JSON.stringify(text.slice(0, 64))}…` : JSON.stringify(text)
