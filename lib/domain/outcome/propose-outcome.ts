import { describeOs, osChangeOf } from './os-change'
import { proposeChanged } from './outcome-changed'
import { withDoubts } from './outcome-doubts'
import { inOrder, type OutcomeEvidence, type OutcomeProposal } from './outcome-evidence'
import { allRefused, proposeUnchanged, proposeUnusable } from './outcome-unchanged'

/** Changes whenever the same evidence could lead to another proposal; stored beside every decision. */
const outcomeFunctionVersion = '2026-11-5'

/**
 * Proposes how a trial ended; a person accepts or overrules it. Replies are claims: nothing but the OS
 * before and after, as read or typed, makes "installed". Until the deadline silence proves nothing, so
 * the trial stays open; from then on silence is an outcome.
 */
export function proposeOutcome(evidence: OutcomeEvidence): OutcomeProposal {
  const ordered = inOrder(evidence)
  return { ...withDoubts(ordered, decide(ordered)), functionVersion: outcomeFunctionVersion }
}

function decide(evidence: OutcomeEvidence): Omit<OutcomeProposal, 'functionVersion'> {
  const sent = evidence.slots.filter(({ sentAt }) => sentAt !== undefined)
  const change = osChangeOf(evidence)
  if (change.status === 'changed') return proposeChanged(evidence, change)
  if (sent.length === 0) return open('no command has been sent yet')
  if (allRefused(sent))
    return {
      outcome: 'voidInfrastructure',
      because: ['no command reached the queue of the MDM server'],
      certain: true,
    }
  const unusable = proposeUnusable(evidence)
  if (unusable) return unusable
  if (evidence.now >= evidence.deadlineAt) return proposeUnchanged(evidence, change)
  return open(
    change.status === 'unchanged'
      ? `the device still ran ${describeOs(change.after)} when it was last seen, and the deadline has not passed`
      : 'the OS has not been read since the command was sent, and the deadline has not passed',
  )
}

const open = (because: string) => ({ outcome: undefined, because: [because], certain: false })
