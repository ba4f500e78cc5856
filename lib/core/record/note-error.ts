import type { Db } from '@/lib/db/client'
import { findErrorSighting, insertErrorNote } from '@/lib/db/queries/events/error-codes'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { minNoteLength, noteLength } from '@/lib/domain/text/reason'
import { findErrorMeaning } from '@/lib/mdm/errors'
import { forbidden, type Refusal, refused } from '../shared/result'

export type NoteError = { domain: string; code: number; text: string; radar?: string | undefined }

const maxCharacters = 2000

/** Adds a note of this lab to an error code. Notes are never changed or deleted; a later one may correct an earlier one. */
export async function noteError(
  db: Db,
  actor: Actor,
  { domain, code, text, radar }: NoteError,
  now: Date,
): Promise<{ status: 'recorded' } | Refusal> {
  const no = forbidden(actor, 'noteError') ?? badText(text) ?? badRadar(radar)
  if (no) return no
  return transact(db, actor, async (tx) => {
    const received = findErrorMeaning(domain, code) ?? (await findErrorSighting(tx, domain, code))
    if (!received) return refused('No device of this lab has answered this error.')
    await insertErrorNote(tx, {
      domain,
      code,
      text: text.trim(),
      radar: radar?.trim() || null,
      at: now,
      byId: actor.id,
      byName: actor.name,
    })
    return { status: 'recorded' }
  })
}

function badText(text: string): Refusal | undefined {
  const length = text.trim().length
  if (length < minNoteLength) return refused(`Say what you know, ${noteLength}.`, 'text')
  return length > maxCharacters
    ? refused(`Say it in at most ${maxCharacters} characters.`, 'text')
    : undefined
}

/** Apple's bug reports have numbers; those from Feedback Assistant begin with FB. */
function badRadar(radar = ''): Refusal | undefined {
  return radar.trim() === '' || /^(FB)?\d{6,12}$/.test(radar.trim())
    ? undefined
    : refused('A report to Apple is a number such as 45414737, or FB and a number.', 'radar')
}
