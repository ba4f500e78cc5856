/**
 * What became of a command on its way to the MDM server. `queued` says only that the server has it;
 * `unconfirmed` that nobody knows. See docs/exactly-once.md.
 */
export const commandStates = [
  'reserved',
  'cancelled',
  'lapsed',
  'sending',
  'queued',
  'refused',
  'notSent',
  'unconfirmed',
] as const
export type CommandState = (typeof commandStates)[number]

/** An intervention changes the device; a probe only asks. */
export const commandPurposes = ['intervention', 'probe'] as const
export type CommandPurpose = (typeof commandPurposes)[number]

export const requestTypes = [
  'ScheduleOSUpdate',
  'OSUpdateStatus',
  'AvailableOSUpdates',
  'DeviceInformation',
  'SecurityInfo',
] as const
export type RequestType = (typeof requestTypes)[number]

/** How one request to enqueue ended, read from the body and not from the status. */
export type SendOutcome = 'queued' | 'refused' | 'notSent' | 'unconfirmed'

/** Its request left for the MDM server, or may have: it was neither held, cancelled nor provably never sent. */
export const mayHaveLeftStates = [
  'sending',
  'queued',
  'refused',
  'unconfirmed',
] as const satisfies readonly CommandState[]

/** Where a command can go from each state. Nothing leads back to `reserved` but what provably never left. */
export const commandTransitions: Record<CommandState, readonly CommandState[]> = {
  reserved: ['sending', 'cancelled', 'lapsed'],
  cancelled: ['reserved'],
  lapsed: ['reserved'],
  sending: ['queued', 'refused', 'notSent', 'unconfirmed'],
  notSent: ['reserved'],
  unconfirmed: ['queued'],
  queued: [],
  refused: [],
}

/** What can become of the questions behind an answered one, as its command events name it. */
export const nextNotes = ['nextWaiting', 'nextAsked', 'nextNotAsked'] as const
export type NextNote = (typeof nextNotes)[number]

/** True of what a person has to be told: questions that wait, or that will not be asked. */
export const tellsOfUnasked = (kind: string): boolean =>
  kind === 'nextWaiting' || kind === 'nextNotAsked'
