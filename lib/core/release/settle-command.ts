import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { stopServer } from '@/lib/db/queries/servers/servers'
import {
  type Command,
  insertCommandEvent,
  listStrandedCommands,
  lockCommand,
  moveCommand,
} from '@/lib/db/queries/trials/commands'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import type { SendResult } from '@/lib/mdm/server'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'

/**
 * Records how the request ended. If the device's answer came by the webhook before the enqueue call returned
 * (observed on NanoMDM: after 0.2 s, the call after 3.1 s), the command was queued, whatever the call says.
 */
export async function settleCommand(
  db: Db,
  claimed: Command,
  result: SendResult,
  now: Date,
): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await lockDeviceRow(tx, claimed.deviceId)
    const trial = claimed.trialId ? await lockTrial(tx, claimed.trialId) : undefined
    const command = await lockCommand(tx, claimed.commandUuid)
    if (command?.state !== 'sending') return
    const state = command.answeredAt ? ('queued' as const) : result.outcome
    const reason = command.answeredAt
      ? `the device has answered it; the MDM server's own answer: ${result.reason}`
      : result.reason
    await moveCommand(tx, command.commandUuid, ['sending'], {
      state,
      settledAt: now,
      reason,
      httpStatus: result.httpStatus ?? null,
      apiBody: result.body ?? null,
    })
    await insertCommandEvent(tx, programEvent(command.commandUuid, state, now, reason))
    if (result.alarm !== undefined) await stopServer(tx, command.mdmServerId, result.alarm)
    if (trial?.state === 'observing' && command.purpose === 'intervention')
      await advanceTrial(
        tx,
        trial,
        {
          kind: state === 'notSent' && command.slotOrdinal === 1 ? 'notSent' : 'recorded',
          text: settledText(command, state, reason),
          data: { ordinal: command.slotOrdinal, commandUuid: command.commandUuid, state },
          set: state === 'notSent' && command.slotOrdinal === 1 ? baselineKept : undefined,
        },
        systemActor,
        now,
      )
    await refreshVerdicts(tx, [command.deviceId], now)
  })
}

/** The request provably never left, so the baseline is not consumed. */
const baselineKept = { consumed: false, sentAt: null, deadlineAt: null }

const settledText = (command: Command, state: string, reason: string) =>
  `${command.requestType === enforcementType ? 'Declaration' : 'Command'} ${command.slotOrdinal} is ${state}: ${reason}`

/** An event of a command that the program caused, not a person. */
export const programEvent = (commandUuid: string, kind: string, at: Date, text = '') => ({
  commandUuid,
  kind,
  at,
  text,
  byName: systemActor.name,
})

/**
 * Longer than the enqueue call (30 s) and the retries of recording its answer (a minute) can take, so that no
 * running process still has the answer. A declaration takes six calls, each of which is recorded; one that is settled
 * while it is still being sent is never attached, because the database refuses it then.
 */
export const strandedAfter = { command: 120_000, declaration: 600_000 }

/**
 * Settles the commands that a crashed process was sending. Whether the request arrived is unknown, so the
 * command becomes unconfirmed: it reserves its device until the device answers or a person withdraws the
 * command, and it is never sent again.
 * @returns how many it settled
 */
export async function recoverCommands(db: Db, now: Date, afterMs?: number): Promise<number> {
  const ago = (usualMs: number) => new Date(now.getTime() - (afterMs ?? usualMs))
  const stranded = await listStrandedCommands(db, {
    command: ago(strandedAfter.command),
    declaration: ago(strandedAfter.declaration),
  })
  for (const command of stranded)
    await settleCommand(
      db,
      command,
      {
        outcome: 'unconfirmed',
        reason: `${systemActor.name} stopped while it was sending: ${
          command.requestType === enforcementType
            ? 'the set may be attached to the device. What the server holds is read back. Do not attach it by hand'
            : 'the command may have been sent. Do not send it by hand'
        }`,
      },
      now,
    )
  return stranded.length
}
