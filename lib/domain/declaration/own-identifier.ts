/** Apple's name of the configuration that subscribes a device to status items. */
export const subscriptionType = 'com.apple.configuration.management.status-subscriptions'

/** The declarations of one command: the configuration that enforces its update, the status subscription, and the activation of each. */
const parts = ['enforce', 'activate', 'subscribe', 'activate-subscription'] as const

/**
 * The identifiers that this program gives its declarations: `lab.oneway.<CommandUUID>.` and its part. The form alone does not make one this lab's own: another lab uses it too, so the
 * CommandUUID must be of a command of this lab to the same device.
 */
const ownForm = /^lab\.oneway\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([a-z-]+)$/i

export type OwnPart = (typeof parts)[number]
export type OwnIdentifier = { commandUuid: string; part: OwnPart }

export function readOwnIdentifier(identifier: string): OwnIdentifier | undefined {
  const [, uuid, named] = ownForm.exec(identifier) ?? []
  const part = parts.find((one) => one === named?.toLowerCase())
  return uuid === undefined || part === undefined
    ? undefined
    : { commandUuid: uuid.toLowerCase(), part }
}

/** The identifier of one of the declarations of a command; `commandUuid` in lower case, as the record has it. */
export const ownIdentifier = (commandUuid: string, part: OwnPart): string =>
  `lab.oneway.${commandUuid}.${part}`

const inText = /\blab\.oneway\.([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?=[a-z])/g

/** A text with each of these identifiers in a form that fits a line of a phone: "lab…0f8b7a52.enforce". */
export const shortIdentifiers = (text: string): string => text.replace(inText, 'lab…$1.')
