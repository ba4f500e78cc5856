/** A filter that is not valid. It is reported, because a list without it would show too much. */
export type FilterProblem = { field: string; reason: string; accepted: string }

/** How one value of an address is read, and what it accepts, in words. */
export type Reader<T> = { accepted: string; read: (text: string) => T | undefined }

export const oneOf = <T extends string>(values: readonly T[]): Reader<T> => ({
  accepted: values.join(', '),
  read: (text) => values.find((value) => value === text),
})

export const matching = (form: RegExp, accepted: string): Reader<string> => ({
  accepted,
  read: (text) => (form.test(text) ? text : undefined),
})

/** The beginning of a version, such as the examples. */
export const versionStart = (examples: string): Reader<string> =>
  matching(/^\d{1,3}(?:\.\d{0,4}){0,3}$/, `the beginning of a version${examples}`)

/** Whether a version begins so, part by part: 26.5 begins with 26 and with 26.5, and not with 2. */
export const beginsWith = (version: string, start: string | undefined): boolean =>
  start === undefined || `${version}.`.startsWith(`${start.replace(/\.$/, '')}.`)

/** A day in UTC, YYYY-MM-DD. */
export const day: Reader<string> = {
  accepted: 'a day such as 2026-03-02',
  read: (text) => (isDay(text) ? text : undefined),
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  // Date reads "2026-02-30" as 2 March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

type Given = Readonly<Record<string, string | string[] | undefined>>

/** Names in the search params of a page that nothing there reads: the page would show more than the address asks for. */
export function unknownNames(params: Given, known: readonly string[]): FilterProblem[] {
  return Object.keys(params)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      field: name.slice(0, 100),
      reason: `“${name.slice(0, 100)}” is not a filter of this page`,
      accepted: known.join(', '),
    }))
}

type Readers = Readonly<Record<string, Reader<unknown>>>
/** What each reader of a page has read; a value that is not given, or not understood, is undefined. */
export type ReadOf<R extends Readers> = {
  [F in keyof R]?: (R[F] extends Reader<infer T> ? T : never) | undefined
}

/**
 * Reads the address of a page; of a repeated name the first counts. What is not understood, and each name that
 * nothing reads, is named with what is accepted, and left out.
 * @param more names that the page reads elsewhere
 */
export function readAddress<R extends Readers>(
  given: Given,
  readers: R,
  more: readonly string[] = ['environment'],
): { view: ReadOf<R>; problems: FilterProblem[] } {
  const problems = unknownNames(given, [...Object.keys(readers), ...more])
  const view: Record<string, unknown> = {}
  for (const [field, { accepted, read }] of Object.entries(readers)) {
    const text = [given[field]].flat()[0]?.trim()
    if (text === undefined || text === '') continue
    const value = read(text)
    if (value === undefined)
      problems.push({
        field,
        reason: `“${text.slice(0, 60)}” is not valid for ${field}`,
        accepted,
      })
    else view[field] = value
  }
  // Each value is from the reader of its own field.
  return { view: view as ReadOf<R>, problems }
}

/** The texts of an address as they were written, so that a form can keep a value that was refused; each cut to a length that fits. */
export const textsOf = (given: Given): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const [text] = [value].flat()
      return text === undefined ? [] : [[name, text.slice(0, 400)]]
    }),
  )
