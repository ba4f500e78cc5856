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
