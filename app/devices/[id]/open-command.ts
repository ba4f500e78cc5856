import type { Command } from '@/lib/db/queries/trials/commands'

/** On its way, or with the MDM server and not answered: nothing else is asked until then. */
export const isOpenCommand = ({ state, answeredAt, withdrawnAt }: Command): boolean =>
  state === 'reserved' ||
  state === 'sending' ||
  ((state === 'queued' || state === 'unconfirmed') && answeredAt === null && withdrawnAt === null)

/** The open command in words, for the button that must wait for it. */
export function openCommandOf(commands: readonly Command[]): string | undefined {
  const open = commands.find(isOpenCommand)
  return open && `${open.requestType} is ${open.state}; one command at a time.`
}
