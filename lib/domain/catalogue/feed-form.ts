import { acceptedVersion, splitVersion } from '../device/os-version'
import type { FeedProblem } from './feed'
import { acceptedDate, type FeedDate, parseFeedDate } from './feed-date'

/** A JSON object whose values nobody has looked at yet. */
export type Fields = { readonly [key: string]: unknown }

/** A place in a feed: an object, and its path for messages. */
export type Place = { fields: Fields; path: string }

/** More would be noise: a feed of another shape is wrong everywhere. */
const maxProblems = 20

/**
 * Takes a feed apart field by field. What is not of the published form becomes a problem that names the field and
 * the accepted form; every reader goes on with undefined, so that several problems are named at once.
 */
export function createForm() {
  const problems: FeedProblem[] = []
  const remarks = new Set<string>()
  const unknownKeys = new Set<string>()

  function wrong(path: string, found: unknown, accepted: string): undefined {
    if (problems.length < maxProblems)
      problems.push({ path, reason: `is ${shown(found)}; it must be ${accepted}` })
  }
  const object = (value: unknown, path: string): Place | undefined =>
    isFields(value) ? { fields: value, path } : wrong(path, value, 'an object')
  const list = (value: unknown, path: string): readonly unknown[] | undefined =>
    Array.isArray(value) ? value : wrong(path, value, 'a list')

  return {
    problems,
    wrong,
    object,
    remark: (text: string) => void remarks.add(text),
    /** Everything a person should know of how the feed was read. */
    remarks: (): string[] => [
      ...remarks,
      ...(unknownKeys.size === 0
        ? []
        : [`Not read, but kept with the file: ${[...unknownKeys].slice(0, 20).join(', ')}.`]),
    ],
    /** Keys that no published shape had yet are accepted and recorded by name. */
    known: ({ fields }: Place, keys: readonly string[], where: string) => {
      for (const key of Object.keys(fields))
        if (!keys.includes(key)) unknownKeys.add(`${where}${key.slice(0, 60)}`)
    },
    objects: (value: unknown, path: string): Place[] =>
      (list(value, path) ?? []).flatMap((one, at) => object(one, `${path}[${at}]`) ?? []),
    /** Texts of a list; an absent, null or empty one is an empty list, which says that nothing is known. */
    texts: ({ fields, path }: Place, key: string): string[] => {
      const value = fields[key]
      if (value === undefined || value === null) return []
      return (list(value, join(path, key)) ?? []).flatMap((one, at) =>
        isText(one)
          ? one
          : (wrong(`${join(path, key)}[${at}]`, one, 'a text that is not empty') ?? []),
      )
    },
    /** A text that must be there. */
    text: ({ fields, path }: Place, key: string): string | undefined =>
      isText(fields[key])
        ? fields[key]
        : wrong(join(path, key), fields[key], 'a text that is not empty'),
    /** A text that may be absent, null or empty. */
    optional: ({ fields, path }: Place, key: string): string | undefined => {
      const value = fields[key]
      if (value === undefined || value === null || value === '') return undefined
      return isText(value) ? value : wrong(join(path, key), value, 'a text')
    },
    /** True or false, also as the texts "true" and "false", which AppleDB has; undefined where it is absent. */
    flag: ({ fields, path }: Place, key: string): boolean | undefined => {
      const value = fields[key]
      if (value === undefined || value === null) return undefined
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      return wrong(join(path, key), value, 'true or false')
    },
    date: ({ fields, path }: Place, key: string): FeedDate | undefined => {
      const value = fields[key]
      if (value === undefined || value === null || value === '') return undefined
      const date = isText(value) ? parseFeedDate(value) : undefined
      return date ?? wrong(join(path, key), value, acceptedDate)
    },
    /** A version with its supplement apart, whether the source writes "26.3.1 (a)" in one field or in two. */
    version: ({ fields, path }: Place, key: string, extraKey?: string) => {
      const value = fields[key]
      const split = isText(value) ? splitVersion(value.trim()) : undefined
      if (!split) return wrong(join(path, key), value, acceptedVersion)
      const extra = extraKey === undefined ? undefined : fields[extraKey]
      if (extra === undefined || extra === null || extra === '') return split
      const letter = isText(extra) ? /^\(?([a-z])\)?$/.exec(extra.trim())?.[1] : undefined
      if (letter === undefined)
        return wrong(join(path, extraKey ?? ''), extra, 'a letter such as (a)')
      if (split.extra !== undefined && split.extra !== `(${letter})`)
        return wrong(
          join(path, extraKey ?? ''),
          extra,
          `${split.extra}, as ${join(path, key)} says`,
        )
      return { version: split.version, extra: `(${letter})` }
    },
  }
}

export type Form = ReturnType<typeof createForm>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

export const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

/** A value in a message: short, and never a whole object. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return value === '' ? 'empty' : `"${value.slice(0, 60)}"`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** The rows without those that say the same again, and how many those were. */
export function withoutRepeats<Row>(rows: readonly Row[]): { rows: Row[]; repeats: number } {
  const seen = new Map(rows.map((row) => [JSON.stringify(row), row]))
  return { rows: [...seen.values()], repeats: rows.length - seen.size }
}

/**
 * A version as a history of releases writes it: "26.3.1 (a)" is taken apart, and what is no dotted version, such as
 * "26.3 beta (a)" or "6.0 GM", stays as it is. Such a one is never ordered.
 */
export const splitLoosely = (text: string): { version: string; extra?: string } =>
  splitVersion(text.trim()) ?? { version: text.trim() }
