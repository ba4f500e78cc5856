import { foldReview, isReviewed, queriesOf, type ReviewEntry } from '@/lib/domain/review/review'
import { fieldLabel, readFieldPath } from '@/lib/domain/review/review-field'
import { endOfForce } from '@/lib/domain/signature/signature'
import { signedNoun } from '@/lib/domain/trial/mechanism'
import type { Gathered } from './gathered'
import type { TrialReport } from './report-format'

const entry = ({ at, byName, text }: ReviewEntry) => ({ at: at.toISOString(), by: byName, text })

/** The state of the review and its queries, open or closed. */
export function reportReview({ record }: Gathered): TrialReport['review'] {
  const { view, reviewEvents } = record
  return {
    state: isReviewed(view.trial) ? foldReview(reviewEvents.map(({ kind }) => kind)) : null,
    queries: queriesOf(reviewEvents).map(({ id, field, asked, answers, closed }) => {
      const about = readFieldPath(field)
      return {
        ...{ id, field, label: about ? fieldLabel(about) : field },
        asked: entry(asked),
        answers: answers.map(entry),
        closed: closed ? entry(closed) : null,
      }
    }),
  }
}

/** Who signed what, whether the record still is what was signed, and whether the signature is in force. */
export function reportSignatures({ record }: Gathered): TrialReport['signatures'] {
  const { signatures, view } = record
  return signatures.map((signature) => {
    const { id, act, meaning, byName, byRole, at, method, reason, differences } = signature
    const noun = signedNoun(view.version.plan.slots, signature)
    const end = endOfForce(signature, signatures, view.trial, noun)
    return {
      ...{ id, act, meaning, by: byName, role: byRole, at: at.toISOString(), method, reason },
      ordinal: signature.slotOrdinal,
      recordSha256: signature.recordSha256,
      holds: differences.length === 0,
      differences,
      ended: end
        ? [end.words, end.byName && `by ${end.byName}`, end.reason && `reason: ${end.reason}`]
            .filter(Boolean)
            .join(', ')
        : null,
      afterReset: signature.reset !== undefined,
    }
  })
}
