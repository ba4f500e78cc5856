import { type FieldErrors, type Resolver, set } from 'react-hook-form'
import { type ProtocolText, problemsOf } from './schema'

/** Holds the editor to the rules the service holds the plan to, so that everything wrong shows at once. */
export const protocolResolver: Resolver<ProtocolText> = (typed) => {
  const problems = problemsOf(typed)
  if (problems.length === 0) return { values: typed, errors: {} }
  const errors: FieldErrors<ProtocolText> = {}
  // The first word on a field stands; others would write over it.
  for (const { field, because } of problems.toReversed())
    set(errors, field, { type: 'plan', message: because })
  return { values: {}, errors }
}
