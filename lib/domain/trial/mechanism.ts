import { enforcementType, type OrderType } from './command-slot'
import type { CommandSlotPlan, DeclarationSlotPlan, EnforcementTime, SlotPlan } from './protocol'

/** What a protocol intervenes by. */
export const mechanisms = ['command', 'declaration', 'both'] as const
export type Mechanism = (typeof mechanisms)[number]

/** What one slot intervenes by. */
export const slotMechanisms = ['command', 'declaration'] as const
export type SlotMechanism = (typeof slotMechanisms)[number]

/** What a trial intervenes by, in the words of charts and filters. */
export const mechanismWords: Readonly<Record<Mechanism, string>> = {
  command: 'Command',
  declaration: 'Declaration',
  both: 'Declaration and command',
}

/** Whether a slot is a software-update declaration. */
export const isDeclaration = (slot: SlotPlan): slot is DeclarationSlotPlan =>
  slot.mechanism === 'declaration'

/** Whether a slot is a ScheduleOSUpdate command. */
export const isCommand = (slot: SlotPlan): slot is CommandSlotPlan => !isDeclaration(slot)

/** The version that a slot names, whichever mechanism it is; undefined where a command names a ProductKey alone. */
export const targetVersionOf = (slot: SlotPlan): string | undefined =>
  isDeclaration(slot) ? slot.targetVersion : slot.productVersion

/** What interventions are called together. */
export const interventionWords: Readonly<Record<Mechanism, string>> = {
  command: 'Commands',
  declaration: 'Declarations',
  both: 'Declarations and commands',
}

/** The same of those of a plan. */
export const interventionsName = (plan: { slots: readonly SlotPlan[] }): string =>
  interventionWords[mechanismOf(plan)]

/** What a declaration asks of a device, by Apple's schema. */
const declarationInfo =
  'The device downloads the update, reminds its user, and installs it at the time at the latest.'

/** What "as soon as possible" leads to: the time has passed when the declaration arrives. */
export const pastTimeInfo =
  'Devices were seen to enforce a time that has passed about an hour after the declaration arrived.'

/** What a declaration asks of a device, with what is known of the time that it names. */
export const declarationInfoOf = (when: EnforcementTime['kind']): string =>
  when === 'asSoonAsPossible' ? `${declarationInfo} ${pastTimeInfo}` : declarationInfo

/** The target of a slot as one text: its version, or else the ProductKey of a command. */
export const targetText = (slot: SlotPlan | undefined): string | undefined =>
  slot && (targetVersionOf(slot) ?? (isDeclaration(slot) ? undefined : slot.productKey))

/** Whether a slot asks for more than a download. */
export const asksToInstall = (slot: SlotPlan | undefined): boolean =>
  slot === undefined || isDeclaration(slot) || slot.installAction !== 'DownloadOnly'

/** What leaves for the device: the RequestType of the command, or the declaration's type without its prefix. */
export const interventionName = (slot: SlotPlan): string =>
  isDeclaration(slot) ? 'Declaration' : 'ScheduleOSUpdate'

/** What a slot is called in a sentence. */
export const slotNoun = (slot: SlotPlan | undefined): SlotMechanism =>
  slot && isDeclaration(slot) ? 'declaration' : 'command'

/** The same of the slot that a signature is about; the first one where it names none. */
export const signedNoun = (
  slots: readonly SlotPlan[],
  { slotOrdinal }: { slotOrdinal: number | null },
): SlotMechanism => slotNoun(slots[(slotOrdinal ?? 1) - 1])

/** "Command 2" or "Declaration 2": what a slot is called on pages. */
export const slotName = (slot: SlotPlan | undefined, ordinal: number): string =>
  `${slotNoun(slot) === 'declaration' ? 'Declaration' : 'Command'} ${ordinal}`

/** "Command 2" or "Declaration 2" of what was released, as its row says. */
export const releasedName = (row: { requestType: OrderType; slotOrdinal: number | null }): string =>
  `${row.requestType === enforcementType ? 'Declaration' : 'Command'} ${row.slotOrdinal ?? 'unknown'}`

/** The mechanism of a plan: of its slots, whichever arm a trial is in. */
export function mechanismOf({ slots }: { slots: readonly SlotPlan[] }): Mechanism {
  if (!slots.some(isDeclaration)) return 'command'
  return slots.every(isDeclaration) ? 'declaration' : 'both'
}
