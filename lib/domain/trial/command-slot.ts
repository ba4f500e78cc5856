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

/** On its way: open, whatever else is known of it. */
export const onTheWayStates = ['reserved', 'sending'] as const satisfies readonly CommandState[]

/** The MDM server has it, or may have it: open until the device answers or a person abandons it. */
export const withServerStates = ['queued', 'unconfirmed'] as const satisfies readonly CommandState[]

/** Its request may have left and was not refused, so the device may carry it out. */
export const mayActStates = ['sending', ...withServerStates] as const

type Progress = { state: CommandState; answeredAt: Date | null; withdrawnAt: Date | null }

const isIn = (states: readonly CommandState[], state: CommandState) => states.includes(state)

export const mayAct = (state: CommandState): boolean => isIn(mayActStates, state)

/** With the MDM server, and neither answered nor abandoned. */
export const waitsForAnswer = ({ state, answeredAt, withdrawnAt }: Progress): boolean =>
  isIn(withServerStates, state) && answeredAt === null && withdrawnAt === null

/**
 * Whether a command holds its device: one command is open on a device at a time. The index
 * `one_open_command_per_device`, the queries and the texts of lib/db/sql are made of the same lists.
 */
export const isOpenCommand = (command: Progress): boolean =>
  isIn(onTheWayStates, command.state) || waitsForAnswer(command)

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

/** Taken back or provably never sent, so that its slot may be released again. */
export const mayBeReleasedAgain = (state: CommandState): boolean =>
  commandTransitions[state].includes('reserved')
export const releasedAgainFrom = commandStates.filter(mayBeReleasedAgain)

/** What can become of the questions behind an answered one, as its command events name it. */
export const nextNotes = ['nextWaiting', 'nextAsked', 'nextNotAsked'] as const
export type NextNote = (typeof nextNotes)[number]

/** True of what a person has to know: queries that wait, or that will not be sent. */
export const tellsOfUnasked = (kind: string): boolean =>
  kind === 'nextWaiting' || kind === 'nextNotAsked'
