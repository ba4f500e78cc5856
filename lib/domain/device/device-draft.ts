import { hiddenProblem, textProblem } from '../text/typed-text'
import { type Platform, platforms } from './device'

/** A device as entered in a form: every field is text, empty if there is no value. */
export type DeviceDraft = {
  labTag: string
  name: string
  enrollmentId: string
  serial: string
  platform: Platform
  modelIdentifier: string
  modelName: string
  location: string
  holder: string
  notes: string
}
export type DeviceDraftField = keyof DeviceDraft

export const deviceFieldLabels: Record<DeviceDraftField, string> = {
  labTag: 'Lab tag',
  name: 'Name',
  enrollmentId: 'Enrollment ID',
  serial: 'Serial',
  platform: 'Platform',
  modelIdentifier: 'Model identifier',
  modelName: 'Model',
  location: 'Location',
  holder: 'Holder',
  notes: 'Notes',
}
// `Object.keys` returns string[]; the type of the object above has every field.
export const deviceDraftFields = Object.keys(deviceFieldLabels) as DeviceDraftField[]

type Form = { pattern: RegExp; accepted: string; required?: boolean }

/**
 * The accepted form of each field. For the enrollment ID only these characters are allowed, because NanoMDM splits the
 * path of its API at commas, and others could name another device
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/http/api/api.go#L86). UDIDs of all generations and the EnrollmentID
 * of a User Enrollment consist of them.
 */
const forms: Record<DeviceDraftField, Form> = {
  labTag: {
    pattern: /^[^\p{Cc}\p{Z}]([^\p{Cc}]{0,38}[^\p{Cc}\p{Z}])?$/u,
    accepted: 'at most 40 visible characters on one line, such as L-001, without spaces around it',
  },
  name: {
    pattern: /^[^\p{Cc}]{1,100}$/u,
    accepted: '1 to 100 characters on one line',
    required: true,
  },
  enrollmentId: {
    pattern: /^[A-Za-z0-9-]{8,64}$/,
    accepted: '8 to 64 letters, digits and hyphens, exactly as the MDM server has it',
  },
  serial: {
    pattern: /^[A-Za-z0-9]{6,20}$/,
    accepted: '6 to 20 letters and digits, without spaces',
  },
  platform: {
    pattern: new RegExp(`^(${platforms.join('|')})$`),
    accepted: platforms.join(', '),
    required: true,
  },
  modelIdentifier: {
    pattern: /^(iPhone|iPod|iPad|AppleTV)\d{1,3},\d{1,3}$/,
    accepted: 'a product name such as iPhone10,3, iPad7,5 or AppleTV6,2',
  },
  modelName: { pattern: /^[^\p{Cc}]{1,100}$/u, accepted: 'at most 100 characters on one line' },
  location: { pattern: /^[^\p{Cc}]{1,100}$/u, accepted: 'at most 100 characters on one line' },
  holder: { pattern: /^[^\p{Cc}]{1,100}$/u, accepted: 'at most 100 characters on one line' },
  notes: { pattern: /^([^\p{Cc}]|[\n\r\t]){1,4000}$/u, accepted: 'at most 4,000 characters' },
}

export type DraftProblem = { field: DeviceDraftField; reason: string; accepted: string }

export const acceptedDeviceForm = (field: DeviceDraftField): string => forms[field].accepted

/** The problem with one field of a draft, if there is one. */
export function draftFieldProblem(field: DeviceDraftField, text: string): DraftProblem | undefined {
  const { pattern, accepted, required } = forms[field]
  const label = deviceFieldLabels[field]
  if (text.trim() === '')
    return required ? { field, reason: `${label} is missing.`, accepted } : undefined
  const unkept = textProblem(text)
  if (unkept) return { field, reason: unkept, accepted }
  // People pick a device off the shelf by its tag, so no two tags may look the same.
  const unseen = field === 'labTag' ? hiddenProblem(text) : undefined
  if (unseen) return { field, reason: unseen, accepted }
  if (pattern.test(text)) return undefined
  const reason =
    text === text.trim()
      ? `This is not a valid ${label.toLowerCase()}.`
      : `${label} starts or ends with a space, which would be stored.`
  return { field, reason, accepted }
}

const modelPlatforms: { start: string; runs: readonly Platform[] }[] = [
  { start: 'iPhone', runs: ['iOS'] },
  { start: 'iPod', runs: ['iOS'] },
  // iPads ran iOS up to 12 and run iPadOS from 13.1 on (https://en.wikipedia.org/wiki/IPadOS_13).
  { start: 'iPad', runs: ['iPadOS', 'iOS'] },
  { start: 'AppleTV', runs: ['tvOS'] },
]

/** All problems with a draft, at most one for each field. */
export function draftProblems(draft: DeviceDraft): DraftProblem[] {
  const problems = deviceDraftFields.flatMap(
    (field) => draftFieldProblem(field, draft[field]) ?? [],
  )
  const model = modelPlatforms.find(({ start }) => draft.modelIdentifier.startsWith(start))
  if (
    model &&
    !model.runs.includes(draft.platform) &&
    !problems.some(({ field }) => field === 'platform')
  )
    problems.push({
      field: 'platform',
      reason: `${draft.modelIdentifier} runs ${model.runs.join(' or ')}, not ${draft.platform}.`,
      accepted: model.runs.join(' or '),
    })
  return problems
}
