import { hash } from 'node:crypto'
import type { z } from 'zod'
import { manifestName } from '@/lib/domain/report/frozen-report'
import {
  type LabManifest,
  type LabTrial,
  labTrialsName,
  maxLabReportBytes,
  maxUnpackedLabBytes,
} from '@/lib/domain/report/lab-report'
import { type Refusal, refused } from '../../shared/result'
import { unpackOnly } from '../frozen/zip'
import { labManifestSchema, labTrialsSchema } from './lab-report-format'

/** A file of another lab that is whole: it says what its manifest says, and nobody has shown who made it. */
export type ReadLabReport = {
  status: 'read'
  sha256: string
  manifest: LabManifest
  trials: LabTrial[]
}

/** JSON of this form is four levels deep. */
const maxDepth = 8
/** A clock of another lab may be this much ahead. */
const maxAheadMs = 24 * 3600 * 1000

/** Reads a file of which nothing is believed: it is bounded, has its form, and agrees with its own manifest. */
export function readLabReport(bytes: Uint8Array, now: Date): ReadLabReport | Refusal {
  if (bytes.length > maxLabReportBytes)
    return refused(`the file is larger than ${maxLabReportBytes / 1024 / 1024} MiB`, 'file')
  const zip = unpackOnly(bytes, [manifestName, labTrialsName], maxUnpackedLabBytes)
  if (zip.status === 'notAZip')
    return refused(
      `this is no report for other labs: ${zip.reason}. Accepted: the ZIP with ${manifestName} and ${labTrialsName} that the other lab made under “Report for other labs”; a whole frozen report has serial numbers and names and is not read`,
      'file',
    )
  const [written, rows] = zip.files.map((one) => one.bytes)
  if (!written || !rows) throw new Error('two files were unpacked, and are not there')
  const manifest = parse(manifestName, written, labManifestSchema)
  if (manifest.status === 'refused') return manifest
  const [entry] = manifest.value.files
  if (!entry || entry.sha256 !== hash('sha256', rows) || entry.bytes !== rows.length)
    return refused(
      `${labTrialsName} was altered: its SHA-256 is ${hash('sha256', rows)}, and the manifest says ${entry?.sha256}`,
      'file',
    )
  const trials = parse(labTrialsName, rows, labTrialsSchema)
  if (trials.status === 'refused') return trials
  const wrong = disagreement(manifest.value, trials.value, now)
  return wrong === undefined
    ? {
        status: 'read',
        sha256: hash('sha256', bytes),
        manifest: manifest.value,
        trials: trials.value,
      }
    : refused(wrong, 'file')
}

type Parsed<T> = { status: 'parsed'; value: T } | Refusal

function parse<T>(name: string, bytes: Uint8Array, schema: z.ZodType<T>): Parsed<T> {
  let given: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (depthOf(text) > maxDepth) return refused(`${name}: it is nested too deep`, 'file')
    given = JSON.parse(text)
  } catch {
    // What another lab sent may be anything; the library names a place in bytes that nobody sees.
    return refused(`${name}: it is not JSON in UTF-8`, 'file')
  }
  const result = schema.safeParse(given)
  if (result.success) return { status: 'parsed', value: result.data }
  const [issue] = result.error.issues
  return refused(
    `${name}: ${placeOf(issue?.path ?? [])}${issue?.message ?? 'not its form'}`,
    'file',
  )
}

/** "trial 3, outcome: " for `[2, 'outcome']`. */
function placeOf(path: readonly PropertyKey[]): string {
  const words = path.map((part) => (typeof part === 'number' ? `number ${part + 1}` : String(part)))
  return words.length === 0 ? '' : `${words.join(', ')}: `
}

/** How deep brackets are nested, without those in texts. A parser that calls itself would run out of stack first. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0]
  let inText = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (inText && sign === '\\') at += 1
    else if (sign === '"') inText = !inText
    else if (!inText && '[{'.includes(sign)) depth += 1
    else if (!inText && ']}'.includes(sign)) depth -= 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

/** Where the manifest and the rows do not fit together; undefined if they do. */
function disagreement(manifest: LabManifest, trials: readonly LabTrial[], now: Date) {
  const keys = trials.map(({ trial }) => trial)
  if (new Set(keys).size < keys.length) return `${labTrialsName}: a trial stands in it twice`
  if (keys.join() !== manifest.trials.join())
    return `${manifestName}: trials: it names other trials than ${labTrialsName} has`
  if ((manifest.environment === 'simulated') !== (manifest.mark !== null))
    return `${manifestName}: mark: it does not fit the environment`
  if (new Date(manifest.frozenAt).getTime() > now.getTime() + maxAheadMs)
    return `${manifestName}: frozenAt: ${manifest.frozenAt} is in the future`
  return undefined
}
