import { z } from 'zod'
import { lineProblem, textProblem } from '@/lib/domain/text/typed-text'

// The two kinds of text people write, with their limits; the form and its action use the same.

const max = (characters: number) => `At most ${characters.toLocaleString('en')} characters.`

/** A text of one line, such as a name; `blank` is the message when it is empty. */
export const line = (characters: number, blank: string) =>
  z
    .string()
    .trim()
    .min(1, blank)
    .max(characters, max(characters))
    .superRefine((text, context) => tell(lineProblem(text), context))

/** What may have lines and paragraphs, such as a reason or notes. */
export const prose = (characters: number) =>
  z
    .string()
    .max(characters, max(characters))
    .superRefine((text, context) => tell(textProblem(text), context))

function tell(reason: string | undefined, context: z.RefinementCtx): void {
  if (reason !== undefined) context.addIssue({ code: 'custom', message: reason })
}

const anAnswer = z.looseObject({ id: z.string().max(1400), response: z.looseObject({}) })

/**
 * Only that it is the answer of a passkey at all: what it says is bytes from outside for the library
 * that checks it, whatever its type claims.
 */
export const passkeyAnswer = <T>() =>
  z.custom<T>((given) => anAnswer.safeParse(given).success, 'This is not an answer from a passkey.')
