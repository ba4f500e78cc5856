/**
 * The identifiers that this program gives its declarations: `lab.oneway.<CommandUUID>.enforce` for the configuration,
 * `.activate` for its activation. The form alone does not make one this lab's own: another lab uses it too, so the
 * CommandUUID must be of a command of this lab to the same device.
 */
const ownForm = /^lab\.oneway\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(enforce|activate)$/i

export type OwnIdentifier = { commandUuid: string; part: 'enforce' | 'activate' }

export function readOwnIdentifier(identifier: string): OwnIdentifier | undefined {
  const [, uuid, part] = ownForm.exec(identifier) ?? []
  if (uuid === undefined || part === undefined) return undefined
  return {
    commandUuid: uuid.toLowerCase(),
    part: part.toLowerCase() === 'enforce' ? 'enforce' : 'activate',
  }
}

/** The identifier of one of the two declarations of a command; `commandUuid` in lower case, as the record has it. */
export const ownIdentifier = (commandUuid: string, part: OwnIdentifier['part']): string =>
  `lab.oneway.${commandUuid}.${part}`
