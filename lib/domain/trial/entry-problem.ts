import { acceptedBuild, acceptedVersion, isBuild, splitVersion } from '../device/os-version'
import { isNote, isReason, noteLength, reasonLength } from '../text/reason'
import { type ObservationKind, observationInfo } from './observation'

/** What is wrong with an entry, in words, and the field it is about. */
export type EntryProblem = { reason: string; field: string }

const problem = (field: string, reason: string): EntryProblem => ({ reason, field })

/** What was typed about a sighting. */
export type TypedSighting = {
  kind: ObservationKind
  text?: string | undefined
  osVersion?: string | undefined
  osBuild?: string | undefined
}

/** What is wrong with what was typed about a sighting, as far as the entry alone tells. */
export function sightingProblem(given: TypedSighting): EntryProblem | undefined {
  const { kind, text = '', osVersion = '', osBuild = '' } = given
  const { needs } = observationInfo[kind]
  if (needs === 'text' && text.trim() === '') return problem('text', 'say in words what was seen')
  if (needs === 'osVersion' && !splitVersion(osVersion.trim()))
    return problem('osVersion', `enter ${acceptedVersion}`)
  return osBuild.trim() && !isBuild(osBuild.trim())
    ? problem('osBuild', `enter ${acceptedBuild}`)
    : undefined
}

/** What is wrong with an entry about a step, as far as it alone tells: one that was not done says why. */
export const tickProblem = (done: boolean, note = ''): EntryProblem | undefined =>
  done || isNote(note) ? undefined : problem('note', `say why it was not done, ${noteLength}`)

/** What is wrong with the reason for a correction. */
export const reasonProblem = (reason = ''): EntryProblem | undefined =>
  isReason(reason) ? undefined : problem('reason', `say why it is corrected, ${reasonLength}`)
