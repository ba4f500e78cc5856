'use client'

import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form'
import type { Refusal } from '@/lib/core/shared/result'
import { useAction } from './use-action'

type Options<F extends FieldValues, D> = {
  /** Fields at which a refusal that names them is shown. */
  fields?: readonly FieldPath<F>[]
  onDone?: (result: D) => void
}

/**
 * The submission of a form to one action: busy until the page shows the result. A refusal that names one of
 * `fields` is shown at that field, any other is returned as `refusal`.
 */
export function useFormAction<F extends FieldValues, O, R extends { status: string }>(
  form: Pick<UseFormReturn<F, unknown, O>, 'handleSubmit' | 'setError'>,
  act: (input: O) => Promise<R | Refusal>,
  { fields = [], onDone }: Options<F, Exclude<R, Refusal>> = {},
) {
  // An input that an action nests, such as "person.password", is named after its last part here.
  const fieldOf = ({ field }: Refusal) =>
    fields.find((one) => field === one || field?.endsWith(`.${one}`))
  const { busy, refusal, run } = useAction((refused) => {
    const field = fieldOf(refused)
    if (field) form.setError(field, { message: refused.reason }, { shouldFocus: true })
  })
  const submit = form.handleSubmit((input) => run(() => act(input), onDone))
  return { busy, refusal: refusal && fieldOf(refusal) ? undefined : refusal, submit }
}
