import { copySections, type TrialCopy } from './trial-copy-format'

/** A copy as plain text that anybody can read: headings, and one line for each fact, of the same object. */
export function trialCopyText(copy: TrialCopy): string {
  const { name, mark, readMe, copiedAt, copiedBy, head, counts, record, trail } = copy
  const sections = Object.entries(copySections).map(([section, words]) => {
    // The keys of copySections are those of the record; the type of entries has lost it.
    const rows = record[section as keyof typeof copySections]
    return [heading(`${section} (${rows.length})`), `${words}.`, ...rows.flatMap(rowLines)]
  })
  return [
    `Complete copy of trial ${name}`,
    ...(mark ? [mark] : []),
    `format: ${copy.format}, version ${copy.version}`,
    `copied at: ${copiedAt}`,
    `copied by: ${oneLine(copiedBy.name)} (${copiedBy.role})`,
    `head of the audit trail: entry ${head.seq}, ${head.hash}`,
    heading('Read me'),
    readMe,
    heading('How many'),
    ...factLines('', counts),
    ...sections.flat(),
    heading(`trail (${trail.length})`),
    ...trail.flatMap(rowLines),
    '',
    `End of the copy of ${name}${mark ? `. ${mark}` : ''}.`,
    '',
  ].join('\n')
}

const heading = (words: string) => `\n${words}\n${'='.repeat(words.length)}`

const rowLines = (row: object, index: number): string[] => [
  '',
  `-- ${index + 1} --`,
  ...factLines('', row),
]

/** Each value below a value, on a line of its own behind the way that leads to it. */
function factLines(way: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${way}: ${leaf(value)}`]
  const entries = Object.entries(value)
  if (entries.length === 0) return [`${way}: (none)`]
  return entries.flatMap(([key, held]) =>
    factLines(way === '' ? oneLine(key) : `${way}.${oneLine(key)}`, held),
  )
}

const leaf = (value: unknown): string =>
  value === null ? '(not set)' : typeof value === 'string' ? oneLine(value) : String(value)

const shortEscapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Typed text must make no line of its own, nor turn the order of one: line ends and other unseen
 * characters are written by their number.
 */
const oneLine = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (unseen) => shortEscapes[unseen] ?? `\\u{${unseen.codePointAt(0)?.toString(16)}}`,
  )
