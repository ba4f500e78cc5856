import type { Db } from '@/lib/db/client'
import { listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { findTrialReply } from '@/lib/db/queries/trials/trial-view'
import { findObservation, listTrialEvents, type Trial } from '@/lib/db/queries/trials/trials'
import type { ReviewField } from '@/lib/domain/review/review-field'

/** Whether a trial's record has that field, so that no question hangs in the air. */
export async function hasField(db: Db, trial: Trial, field: ReviewField): Promise<boolean> {
  switch (field.kind) {
    case 'startingState':
      return trial.startingState?.[field.reading] !== undefined
    case 'event':
      return (await listTrialEvents(db, trial.id)).some(({ id }) => id === field.id)
    case 'observation':
      return (await findObservation(db, field.id))?.trialId === trial.id
    case 'reply':
      return (await findTrialReply(db, trial.id, field.id)) !== undefined
    case 'command':
      return (await listCommandsOfTrial(db, trial.id)).some(
        ({ slotOrdinal }) => slotOrdinal === field.id,
      )
    case 'outcome':
    case 'outcomeReason':
      return trial.outcome !== null
    default:
      return true
  }
}
