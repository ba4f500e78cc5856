import { describeReading } from '../reading/describe-reading'
import { isDeclaration } from '../trial/mechanism'
import { howToLearn, read, readOs, unsettled } from './judging'
import { fail, type Judgement, notApplicable, pass, type Rule, unknown } from './rule'
import { radarSecondCommand, removedCommands } from './sources'
import { isRemoved, upperBound } from './version-bounds'

/** From 27 on there is no OSUpdateStatus, and only a declaration can still be released: what nobody can ask blocks nothing. */
const noStatus: Judgement = {
  ...notApplicable(
    `no command is open; a device on ${upperBound.bound} or later has no OSUpdateStatus`,
  ),
  warning: 'no query shows whether an update is under way: look at Settings before the release',
}

/**
 * `Installing` may mean "scheduled for tonight", and a further command then starts the install at once. A downloaded
 * update that is idle passes.
 */
export const nothingUnderWay: Rule = {
  id: 'Q16',
  title: 'No update under way or scheduled, and no command still open',
  kind: 'eligibility',
  cites: [radarSecondCommand, removedCommands],
  fields: ['updateActivity', 'osVersion'],
  facts: ({ device: { openCommand, openQuery } }) => [
    { label: 'Open command', value: openCommand ?? openQuery ?? 'none' },
  ],
  judge(context) {
    const { openCommand, openQuery } = context.device
    if (openCommand !== undefined)
      return fail(
        `a command is still open: ${openCommand}`,
        'Wait for its answer, or abandon it with a reason.',
        'A command is still open',
      )
    // Unknown and not a fail: the answer of the query decides.
    if (openQuery !== undefined)
      return unknown(
        `the device is being queried: ${openQuery}`,
        'Wait for its answer; a query that is never answered can be abandoned with a reason.',
        'Query under way',
      )
    if (isDeclaration(context.slot)) {
      const os = readOs(context)
      if (os.status !== 'known') return unsettled('osVersion', os)
      if (isRemoved(os.value)) return noStatus
    }
    const known = read(context, 'updateActivity')
    if (known.status !== 'known') return unsettled('updateActivity', known)
    const is = `the device reports: ${describeReading('updateActivity', known.value)}`
    if (known.value === 'none' || known.value === 'idle') return pass(is)
    if (known.value === 'other') return unknown(is, howToLearn('updateActivity'))
    return fail(
      is,
      'Send nothing: one more command could start it at once. Wait and query it again.',
      `Update ${describeReading('updateActivity', known.value)}`,
    )
  },
}
