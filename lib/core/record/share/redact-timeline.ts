import { spelledOut } from '@/lib/domain/export/column'
import { readingFields } from '@/lib/domain/reading/reading'
import type { TrialReport } from '../report/report-format'
import { type Hider, namesIssue, textLeftOut } from './hide'

type Entry = TrialReport['timeline'][number]

/**
 * What the program writes at the begin of an event of a trial; what follows may be the reason of a person. An event that
 * begins otherwise is a text like any other.
 */
const knownBegins = [
  /^(Drafted|Armed|Disarmed|Concluded as proposed|Concluded, the proposal overruled)\b/,
  /^(Registered: the expectation is sealed)/,
  /^(The deadline has passed: what was not seen by now did not happen in time)/,
  /^(Released: (?:command|declaration) \d+ is held until [\dT:. UTC-]+?)(?= and goes to |$)/,
  /^(Command \d+ leaves for the MDM server: from here on nothing can be taken back)/,
  /^(Declaration \d+ leaves for its server; attaching it to the device is the last step, and the point of no return)$/,
  /^(Declaration \d+ is detached from the device at its server\. The device does not know it before its next fetch)$/,
  /^((?:Command|Declaration) \d+ was not sent)\b/,
  /^((?:Command|Declaration) \d+ is [\w ]{1,40})(?=: |$)/,
  /^(Release of (?:command|declaration) \d+ cancelled: nothing was sent)/,
  /^(Counter-signed: (?:command|declaration) \d+ may be released by somebody else)\b/,
  /^(Outcome (?:corrected to|decided between two readers:) “[^”]*”)/,
  /^(Concluded; the outcome is withheld until a second person has read it)$/,
  /^(Read by a second person, (?:not )?blinded: “[^”]*”, (?:not )?as the first)$/,
  /^(Waived Q\d+)\b/,
  /^(Withdrawn|Void|Conclusion taken back|Sending is stopped|Alarm cleared)\b/,
  /^(Step \d+(?: corrected to)? (?:not )?done)\b/,
  /^(Deviation corrected or judged|No deviation after all|Deviation)\b/,
  /^(The OS changed from [^\n]{1,80} with nothing sent)$/,
  /^((?:Command|Declaration) \d+: [\w ]{1,40})(?=\. |$)/,
]

/** What the program certainly wrote of a text, and whether that is all of it; undefined if that is not known. */
function programPart(text: string): { begin: string; isAll: boolean } | undefined {
  for (const form of knownBegins) {
    const begin = form.exec(text)?.[1]
    if (begin !== undefined) return { begin, isAll: begin === text }
  }
  return undefined
}

/** Whether a text has nothing but these and signs between them. */
const isAllOf = (text: string, written: readonly string[]): boolean =>
  !/[\p{L}\p{N}]/u.test(
    written.reduce((done, one) => done.replaceAll(one, ''), text).replace('Reason: ', ''),
  )

/** An event in the words of the program; where a person's stand in it, the whole of it is a text that can be chosen. */
function eventWords(words: string, written: readonly string[], hide: Hider): string {
  const known = programPart(words)
  // Where a command goes to is an address, and no text of a person.
  if (known?.isAll || words.startsWith('Released: ')) return hide.scrub(known?.begin ?? textLeftOut)
  const rest = known && words.slice(known.begin.length).replace(/^[:.] /, '')
  // Texts of people that stand elsewhere in the report are chosen there.
  if (rest !== undefined && isAllOf(rest, written)) return hide.composed(words, written)
  const shown = hide.free('Event in the timeline', words)
  return shown === textLeftOut && known ? hide.scrub(known.begin) : shown
}

const sizeAndHash = ' bytes, SHA-256 '

/**
 * A line about an attached file without its name, which a person gave, and without who attached or withdrew it; undefined
 * for any other line.
 */
function fileWords(line: string): string | undefined {
  const at = line.indexOf(sizeAndHash)
  const sha256 = line.slice(at + sizeAndHash.length, at + sizeAndHash.length + 64)
  if (at < 0 || !/^[0-9a-f]{64}$/.test(sha256)) return undefined
  const [kind = ''] = line.split(' ', 1)
  const [type = '', bytes = ''] = line.slice(0, at).split(', ').slice(-2)
  return `${kind}, ${type}, ${bytes}${sizeAndHash}${sha256}`
}

/** Readings that say where the device is. */
const saysWhere = [readingFields.networkName.label, readingFields.timeZone.label]

/** An entry of the timeline without names, identifiers and texts that were not chosen. */
export function redactEntry(entry: Entry, written: readonly string[], hide: Hider): Entry {
  const { at, kind } = entry
  const by = hide.personOrNull(entry.by)
  const composed = (text: string) => hide.composed(text, written)
  if (kind === 'step' || kind === 'delivery')
    return {
      at,
      kind,
      by,
      words: eventWords(entry.words, written, hide),
      details: entry.details.map(composed),
    }
  const details = entry.details
    .filter((line) => !saysWhere.some((label) => line.startsWith(`${label}:`)))
    .map(
      (line) => fileWords(line) ?? (namesIssue(line) ? hide.free('Reading', line) : composed(line)),
    )
  return { at, kind, by, words: composed(entry.words), details }
}

/** A correction; those of observations name what was corrected to what, the others repeat an event. */
export function redactCorrection(
  { at, kind, words, by }: TrialReport['corrections'][number],
  written: readonly string[],
  hide: Hider,
): TrialReport['corrections'][number] {
  const shown =
    kind === 'observation' ? hide.composed(words, written) : eventWords(words, written, hide)
  const text = shown === textLeftOut ? spelledOut(kind) : shown
  return { at, kind, words: text, by: hide.person(by) }
}
