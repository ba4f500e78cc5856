import { z } from 'zod'

export type Variable<S extends z.ZodType = z.ZodType> = {
  schema: S
  /** What holds when the variable is absent, in words. */
  absent: string
  /** The accepted form, in words, for the refusal. */
  form: string
  meaning: string
}

export const variable = <S extends z.ZodType>(
  schema: S,
  texts: Omit<Variable, 'schema'>,
): Variable<S> => ({ schema, ...texts })

export const flag = z.enum(['0', '1']).transform((text) => text === '1')

const listOf = (text: string) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

/** A list with commas between its entries. */
export const list = z.string().transform(listOf).pipe(z.array(z.string()).min(1))
