import { enforcementType, type OrderType } from './command-slot'
import { releasedName } from './mechanism'

const words: Record<string, string> = {
  reserved: 'recorded and held',
  claimed: 'claimed for sending',
  pushed: 'the device was woken by a push',
  pushFailed: 'the push failed; the command is queued all the same',
  notNow: 'the device cannot do it now',
  foundInQueue: 'looked up',
  notFoundInQueue: 'looked up',
  clearingQueue: 'the queue of the device is being emptied',
  queueCleared: 'the queue of the device was emptied',
  queueNotCleared: 'the queue of the device was not emptied',
  withdrawing: 'it is being taken back',
  answered: 'answered',
  answeredAgain: 'answered again',
}

const declarationWords: Record<string, string> = {
  pushed: 'the device was notified of what holds now',
  pushFailed: 'the notification failed; what holds at the server is the same',
}

/** What was seen of a device first, as its declaration row has it: a request is no proof that it was answered. */
const sightWords: Record<string, string> = {
  Asked: 'The device has asked for a part of its set',
  Reported: 'The device has reported about it',
}

/** How a device's first sign of a declaration is said: "The device has asked for a part of its set". */
export const declarationSight = (answerStatus: string | null): string =>
  sightWords[answerStatus ?? ''] ?? 'The device knows of it'

type Released = { requestType: OrderType; slotOrdinal: number | null }

/** An event of a command or declaration in words, on the page and in a report: "Command 2: answered. Acknowledged". */
export function deliveryLine(
  row: Released,
  { kind, text }: { kind: string; text: string },
): string {
  if (row.slotOrdinal === null) return text
  const isDeclared = row.requestType === enforcementType
  if (isDeclared && kind === 'answered') return `${releasedName(row)}: ${declarationSight(text)}`
  const word = (isDeclared ? declarationWords[kind] : undefined) ?? words[kind] ?? kind
  return [`${releasedName(row)}: ${word}`, text].filter(Boolean).join('. ')
}
