import { createHash } from 'node:crypto'
import type { ForOtherLabs, listContradictionsOf } from '@/lib/db/queries/lab-reports'
import {
  type LabContradiction,
  type LabTrial,
  labForms,
  maxLabContradictions,
} from '@/lib/domain/report/lab-report'
import { requestTypes } from '@/lib/domain/trial/command-slot'
import { labTrialsSchema } from './lab-report-format'

/** What tells this lab from others: nobody can make it for a lab whose trail begins otherwise. */
export const labIdOf = (firstHash: string): string =>
  createHash('sha256').update(`oneway-lab ${firstHash}`).digest('hex')

/** The same for a trial in every file. Its ID has 122 random bits, so nobody finds it from this. */
export const trialKeyOf = (trialId: string): string =>
  createHash('sha256').update(`oneway-trial ${trialId}`).digest('hex').slice(0, 32)

/** What leaves of one trial, and what of it does not, in words. */
export type Leaving = {
  trialId: string
  number: number
  row: LabTrial
  withheld: string[]
}

type Contradictions = Awaited<ReturnType<typeof listContradictionsOf>>
type Scrub = (text: string) => string

/**
 * What other labs may have of a trial; undefined without a starting version in its usual form. Each value is one of a list,
 * a number, or a text of a closed form in which nothing identifies; what is not is left out, and named.
 * @param scrub replaces what identifies somebody or something; see share/hide
 * @throws ZodError if the record has a value that its list does not know, as leaving it out would change the row
 */
export function leavingOf(
  read: ForOtherLabs,
  found: Contradictions,
  scrub: Scrub,
): Leaving | undefined {
  const { trial, facts, startBuild, releasedAt, end } = read
  if (!labForms.version.test(facts.version)) return undefined
  const withheld: string[] = []
  const closed = (label: string, form: RegExp, text: string | null): string | null => {
    if (text === null || text === 'unknown') return null
    if (isClosed(form, text, scrub)) return text
    withheld.push(label)
    return null
  }
  const contradictions = found.flatMap((one) => contradictionOf(one, scrub) ?? [])
  const kept = contradictions.slice(0, maxLabContradictions)
  const left = found.length - kept.length
  if (left > 0) withheld.push(left === 1 ? '1 contradiction' : `${left} contradictions`)
  if (kept.some(({ observed }) => observed === null)) withheld.push('what a device answered')
  const row = labTrialsSchema.element.parse({
    trial: trialKeyOf(trial.id),
    platform: facts.platform,
    model: closed('model', labForms.model, facts.model),
    startOs: facts.version,
    startBuild: closed('starting build', labForms.build, startBuild),
    target: closed('target', labForms.target, facts.target),
    action: closed('install actions', labForms.action, read.actions),
    releasedOn: releasedAt?.toISOString().slice(0, 10) ?? null,
    end: end.state,
    endOs: closed('OS afterwards', labForms.version, end.os),
    endBuild: closed('build afterwards', labForms.build, end.build),
    ...{ primaryOutcome: facts.primaryOutcome, outcome: facts.outcome },
    ...{ overruled: facts.overruled, againstBuilds: facts.against, review: facts.review },
    ...{ passcode: facts.passcode, power: facts.power, battery: facts.battery },
    ...{ network: facts.network, treatment: facts.treatment },
    contradictions: kept,
    contradictionsLeftOut: left,
  })
  return { trialId: trial.id, number: trial.number, row, withheld }
}

/** Whether a text has its form, and nothing in it identifies. */
const isClosed = (form: RegExp, text: string, scrub: Scrub): boolean =>
  form.test(text) && scrub(text) === text

const commandOf = (message: string) => requestTypes.find((one) => one === message)

/**
 * Undefined where its place in the reply, or the version, could identify something, and for a status report: the form of
 * these files knows answers to commands only.
 */
function contradictionOf(
  { requestType: message, path, kind, observed, osVersion }: Contradictions[number],
  scrub: Scrub,
): LabContradiction | undefined {
  const requestType = commandOf(message)
  if (requestType === undefined) return undefined
  if (!isClosed(labForms.path, path, scrub)) return undefined
  if (!isClosed(labForms.version, osVersion, scrub)) return undefined
  const seen = isClosed(labForms.observed, observed, scrub) ? observed : null
  return { requestType, path, kind, observed: seen, osVersion }
}

/** The bytes of the rows, as they stand in the file. */
export const bytesOfTrials = (rows: readonly LabTrial[]): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(rows, null, 1)}\n`)
