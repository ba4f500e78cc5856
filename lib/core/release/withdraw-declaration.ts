import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Command,
  findCommand,
  insertCommandEvent,
  lockCommand,
} from '@/lib/db/queries/trials/commands'
import { insertRemoval, listLeftByEndedTrials } from '@/lib/db/queries/trials/declaration-steps'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import {
  enforcementType,
  mayBeReleasedAgain,
  onTheWayStates,
} from '@/lib/domain/trial/command-slot'
import { isClosed } from '@/lib/domain/trial/trial'
import { advanceTrial } from '../kernel/advance-trial'
import { sign } from '../kernel/sign'
import type { Attempt } from '../shared/failure'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'
import type { WithdrawCommand } from './withdraw-command'

/**
 * Takes a declaration back, signed: the worker detaches its set from the device and clears up behind it
 * (remove-declarations.ts). Until the device has fetched what holds now it may still act on it, and what it has begun
 * to install is its own business. Nothing else on the server is touched.
 */
export async function withdrawDeclaration(
  db: Db,
  actor: Actor,
  input: WithdrawCommand,
  now: Date,
): Promise<{ status: 'withdrawing' } | Refusal> {
  const no = forbidden(actor, 'withdrawCommand') ?? reasonRefusal(input.reason)
  if (no) return no
  const reason = input.reason.trim()
  return transact(db, { ...actor, reason }, async (tx) => {
    const found = await findCommand(tx, input.commandUuid)
    if (found?.requestType !== enforcementType || found.trialId === null)
      return refused('there is no such declaration')
    await lockDeviceRow(tx, found.deviceId)
    const trial = await lockTrial(tx, found.trialId)
    const command = await lockCommand(tx, found.commandUuid)
    const wrong = command ? stateProblem(command) : 'there is no such declaration'
    if (!command || !trial || wrong !== undefined) return refused(wrong ?? 'it has no trial')
    const { commandUuid, slotOrdinal } = command
    const about = { commandUuid, slotOrdinal: slotOrdinal ?? undefined }
    const signed = await sign(
      tx,
      actor,
      { trialId: trial.id, act: 'withdrawCommand', proofId: input.proofId, reason, ...about },
      now,
    )
    if (signed.status === 'refused') return signed
    const by = { byId: actor.id, byName: actor.name, reason, requestedAt: now }
    const signatureId = signed.signature.id
    const isNew = await insertRemoval(tx, { commandUuid, cause: 'person', signatureId, ...by })
    // Thrown, so that its signature does not stand for something that somebody else did.
    if (!isNew) throw new AlreadyWithdrawn()
    const event = { commandUuid, kind: 'withdrawing', at: now, byName: actor.name, text: reason }
    await insertCommandEvent(tx, event)
    if (!isClosed(trial.state)) {
      const text = `Declaration ${slotOrdinal} is being withdrawn: ${reason}`
      const data = { ordinal: slotOrdinal, commandUuid }
      await advanceTrial(tx, trial, { kind: 'recorded', text, data }, actor, now)
    }
    return { status: 'withdrawing' as const }
  }).catch((error) => {
    if (error instanceof AlreadyWithdrawn) return refused('it is being withdrawn already')
    throw error
  })
}

class AlreadyWithdrawn extends Error {}

function stateProblem({ state }: Command): string | undefined {
  if (state === 'reserved') return 'it has not been sent: cancel the release instead'
  if (state === 'sending')
    return 'it is being sent right now: wait until the server of declarations has answered'
  // Released again it would be attached under its removal, and taken back at once or called removed.
  if (!mayBeReleasedAgain(state)) return undefined
  return 'nothing of it is attached: what its server has stored of it goes when the trial ends'
}

/**
 * Begins to take back what ended trials have left on servers: an ended trial must not update its device later.
 * @returns how many declarations
 */
export async function withdrawOfEndedTrials(db: Db, now: Date, attempt: Attempt): Promise<number> {
  let begun = 0
  for (const { commandUuid, deviceId } of await listLeftByEndedTrials(db))
    begun += await attempt(() =>
      transact(db, systemActor, async (tx) => {
        await lockDeviceRow(tx, deviceId)
        const command = await lockCommand(tx, commandUuid)
        if (!command || onTheWayStates.some((state) => state === command.state)) return 0
        const reason = 'its trial has ended: nothing of it may update the device later'
        const by = { byId: systemActor.id, byName: systemActor.name, reason, requestedAt: now }
        return (await insertRemoval(tx, { commandUuid, cause: 'trialEnded', ...by })) ? 1 : 0
      }),
    )
  return begun
}
