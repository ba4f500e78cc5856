import { rootOf, textOf, under } from './lenient'
import { readPlist } from './plist/plist'
import type { ExpectedCommand } from './server'

/** The last look at the bytes before they leave: they are the command that was reserved, or stay here. */
export function commandProblem(plist: Uint8Array, expected: ExpectedCommand): string | undefined {
  const read = readPlist(plist)
  if (!read.ok) return `the stored command cannot be read: ${read.because}`
  const root = rootOf(read.value, [])
  if (textOf(under(root, 'CommandUUID')) !== expected.commandUuid)
    return `the stored command is not ${expected.commandUuid}`
  if (textOf(under(under(root, 'Command'), 'RequestType')) !== expected.requestType)
    return `the stored command is no ${expected.requestType}`
  return undefined
}
