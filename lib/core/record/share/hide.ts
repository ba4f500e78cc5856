import { createHash } from 'node:crypto'
import { identifierRedactor, type KnownIdentifier } from '@/lib/domain/radar/redact'

/** What a lab knows about whom and what a report names. */
export type Known = {
  /** Names with the role that stands for them, such as "Erin" and "engineer 1". */
  people: readonly { name: string; word: string }[]
  /** Identifiers of the devices of the report, and the addresses of MDM servers. */
  identifiers: readonly KnownIdentifier[]
  /** Identifiers of all devices of the lab, in lower case. */
  everyDevice: ReadonlySet<string>
}

/** A text that a person wrote, where it stands, and as it would be shown. */
export type FreeText = { id: string; label: string; text: string }

export const textLeftOut = '[text left out]'

/** An ID by which a person chooses a text; the same text has the same wherever it stands. */
const idOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** Whether the fault of a known issue of the lab stands in a text of the program: a lead wrote it. */
export const namesIssue = (text: string): boolean => /\bK-\d+\b/.test(text)

/** By which two API keys of a server are told apart. */
const keyMark = /\bAPI key [0-9a-f]{8}\b/g
const anyAddress = /\bhttps?:\/\/[^\s)<>"”]+/gi
const word = /[\p{L}\p{N}][\p{L}\p{N}-]{5,}/gu
const program = 'Oneway'

/** A name where no letter or digit continues it. */
function replaceName(text: string, name: string, by: string): string {
  const isPart = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign)
  return text
    .split(name)
    .reduce((done, piece) =>
      isPart(done.at(-1)) || isPart(piece[0]) ? done + name + piece : done + by + piece,
    )
}

/**
 * Hides what a shared report may not show. Texts that people wrote are left out unless they were chosen; what is shown
 * has neither identifiers nor names, also inside of a chosen text.
 */
export function createHider(known: Known, chosen: ReadonlySet<string>) {
  const texts = new Map<string, FreeText>()
  const words = new Map(known.people.map((one) => [one.name, one.word]))
  const withoutListed = identifierRedactor([
    ...known.identifiers,
    ...known.people.map(({ name, word: role }) => ({ text: name, word: role })),
  ])

  // Names that the redactor takes for too short, only as they are written.
  const short = known.people.filter(({ name }) => name.length < 3)
  const withoutShort = (text: string): string =>
    short.reduce((done, one) => replaceName(done, one.name, `[${one.word}]`), text)

  const scrub = (text: string): string =>
    withoutListed(
      withoutShort(text.replaceAll(anyAddress, '[address]').replaceAll(keyMark, '[API key]')),
    ).replaceAll(word, (one) => (known.everyDevice.has(one.toLowerCase()) ? '[identifier]' : one))

  const person = (name: string): string =>
    name === program ? name : (words.get(name) ?? 'a person')

  /** A text that a person wrote. */
  const free = (label: string, text: string): string => {
    if (text.trim() === '') return text
    const id = idOf(text)
    const before = texts.get(id)
    if (!before) texts.set(id, { id, label, text: scrub(text) })
    return chosen.has(id) ? scrub(text) : textLeftOut
  }

  return {
    scrub,
    person,
    free,
    personOrNull: (name: string | null) => (name === null ? null : person(name)),
    freeOrNull: (label: string, text: string | null) => (text === null ? null : free(label, text)),
    /** A text that the program wrote with texts of people in it, which `written` lists. */
    composed: (text: string, written: readonly string[]): string =>
      scrub(
        written.reduce((done, one) => {
          const id = idOf(one)
          return one.trim() === '' || chosen.has(id) ? done : done.replaceAll(one, textLeftOut)
        }, text),
      ),
    /** The texts of people that were met, in their order. */
    texts: (): FreeText[] => [...texts.values()],
  }
}

export type Hider = ReturnType<typeof createHider>
