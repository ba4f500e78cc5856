import { type Actor, mayDo, refusalFor } from '../account/permissions'
import { hiddenProblem, lineProblem } from '../text/typed-text'

/** How a person came to have a device. */
export const custodyBeginnings = ['taken', 'accepted', 'takenOver'] as const

/** How a hand-over ended; a pending one has none of these. */
export const handOverAnswers = ['accepted', 'refused', 'withdrawn'] as const

/** Who has the device now, and the hand-over that waits for its answer. */
export type CustodyNow = {
  open?: { holderId: string; holderName: string } | undefined
  pending?: { toId: string; toName: string; offeredById: string } | undefined
  retired: boolean
}

export const maxPlace = 100
export const acceptedPlace = `1 to ${maxPlace} visible characters on one line, such as Bench 3`

/** Why a place cannot be kept; undefined if it can. */
export function placeProblem(text: string): string | undefined {
  const place = text.trim()
  if (place === '') return 'Say where the device is.'
  if (place.length > maxPlace) return `This has ${place.length} characters.`
  return lineProblem(place) ?? hiddenProblem(place)
}

/** Whom a device can be handed to: who may accept it. */
export const mayHold = (person: Pick<Actor, 'role'> & { disabledAt: Date | null }): boolean =>
  person.disabledAt === null && mayDo({ id: '', name: '', role: person.role }, 'handOverDevice')

const retiredWords = 'The device is retired.'
const waits = ({ toName }: NonNullable<CustodyNow['pending']>) =>
  `It waits for the acceptance of ${toName}.`

/** Why this person cannot hand the device to another one; undefined if they can. */
export function whyNotHandOver({ open, pending, retired }: CustodyNow, actor: Actor) {
  const no = refusalFor(actor, 'handOverDevice')
  if (no) return no
  if (retired) return retiredWords
  if (pending) return waits(pending)
  if (open && open.holderId !== actor.id)
    return `${open.holderName} has it: only they hand it over. A lead can take it over.`
  return undefined
}

/** Why this person cannot take a device that nobody has. */
export function whyNotTake({ open, pending, retired }: CustodyNow, actor: Actor) {
  const no = refusalFor(actor, 'handOverDevice')
  if (no) return no
  if (retired) return retiredWords
  if (open)
    return open.holderId === actor.id
      ? 'You have it already.'
      : `${open.holderName} has it: they hand it over, or a lead takes it over.`
  return pending && waits(pending)
}

/** Why this person cannot take the device from whoever has it, or whom it waits for. */
export function whyNotTakeOver({ open, pending, retired }: CustodyNow, actor: Actor) {
  const no = refusalFor(actor, 'takeOverDevice')
  if (no) return no
  if (retired) return retiredWords
  if (!open && !pending) return 'Nobody has it: take it.'
  return open?.holderId === actor.id && !pending ? 'You have it already.' : undefined
}

/** Why this person cannot give the device back to its place. Also a retired one, which has to go somewhere. */
export function whyNotPutBack({ open, pending }: CustodyNow, actor: Actor) {
  const no = refusalFor(actor, 'handOverDevice')
  if (no) return no
  if (!open) return 'Nobody has it.'
  if (pending) return waits(pending)
  return open.holderId === actor.id
    ? undefined
    : `${open.holderName} has it: only they put it back.`
}

/** Why this person cannot accept or refuse the hand-over. */
export function whyNotAnswer({ pending }: CustodyNow, actor: Actor) {
  const no = refusalFor(actor, 'handOverDevice')
  if (no) return no
  if (!pending) return 'No hand-over waits for an answer.'
  return pending.toId === actor.id ? undefined : waits(pending)
}

/** Why this person cannot take back the offer. */
export function whyNotWithdraw({ pending }: CustodyNow, actor: Actor) {
  const no = refusalFor(actor, 'handOverDevice')
  if (no) return no
  if (!pending) return 'No hand-over waits for an answer.'
  const own = pending.offeredById === actor.id
  return own || mayDo(actor, 'takeOverDevice')
    ? undefined
    : 'Only who offered it, or a lead, withdraws the hand-over.'
}
