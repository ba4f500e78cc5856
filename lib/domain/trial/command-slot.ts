/**
 * The states of a command. `queued` only means that the MDM server has it, `unconfirmed` that this is unknown. See
 * docs/exactly-once.md.
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

/** An intervention is an update command; a probe is a query. */
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

/**
 * What a declaration slot sends instead of a command: a software-update declaration with its activation, for one device
 * (`com.apple.configuration.softwareupdate.enforcement.specific`). It has a row among the commands, and all that holds
 * for the sending of one.
 */
export const enforcementType = 'SoftwareUpdateEnforcement'

/** Everything that a row of `commands` can be. */
export const orderTypes = [...requestTypes, enforcementType] as const
export type OrderType = (typeof orderTypes)[number]

/** What may change a device; everything else is a query. */
export const interventionTypes = [
  'ScheduleOSUpdate',
  enforcementType,
] as const satisfies readonly OrderType[]

/** How an enqueue request ended, read from the response's body and not from its status. */
export type SendOutcome = 'queued' | 'refused' | 'notSent' | 'unconfirmed'

/** States before the MDM server has it: always open. */
export const onTheWayStates = ['reserved', 'sending'] as const satisfies readonly CommandState[]

/** The MDM server has it or may have it: open until the device answers or a person abandons it. */
export const withServerStates = ['queued', 'unconfirmed'] as const satisfies readonly CommandState[]

/** Its request may have been sent and was not refused, so the device may carry it out. */
export const mayActStates = ['sending', ...withServerStates] as const

type Progress = { state: CommandState; answeredAt: Date | null; withdrawnAt: Date | null }

const isIn = (states: readonly CommandState[], state: CommandState) => states.includes(state)

export const mayAct = (state: CommandState): boolean => isIn(mayActStates, state)

/** At the MDM server, and neither answered nor abandoned. */
export const waitsForAnswer = ({ state, answeredAt, withdrawnAt }: Progress): boolean =>
  isIn(withServerStates, state) && answeredAt === null && withdrawnAt === null

/**
 * Whether a command is open; a device has one open command at most. The index `one_open_command_per_device`, the queries
 * and the texts of lib/db/sql are made from the same lists.
 */
export const isOpenCommand = (command: Progress): boolean =>
  isIn(onTheWayStates, command.state) || waitsForAnswer(command)

/** Its request was or may have been sent to the MDM server. */
export const mayHaveLeftStates = [
  'sending',
  'queued',
  'refused',
  'unconfirmed',
] as const satisfies readonly CommandState[]

/** The possible next states of a command. Only a command that was provably never sent can be reserved again. */
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

/** Cancelled or provably never sent, so that its slot may be released again. */
export const mayBeReleasedAgain = (state: CommandState): boolean =>
  commandTransitions[state].includes('reserved')
export const releasedAgainFrom = commandStates.filter(mayBeReleasedAgain)

/** Command events of an answered query about the queries that should follow it. */
export const nextNotes = ['nextWaiting', 'nextAsked', 'nextNotAsked'] as const
export type NextNote = (typeof nextNotes)[number]

/** Whether the event is about queries that wait or will not be sent, which a person has to know. */
export const tellsOfUnasked = (kind: string): boolean =>
  kind === 'nextWaiting' || kind === 'nextNotAsked'
