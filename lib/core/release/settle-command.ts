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
import { systemActor } from '@/lib/domain/account/actor'
import type { SendResult } from '@/lib/mdm/server'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'

/**
 * Writes how the request ended. An answer that came by the webhook before the enqueue call returned
 * is evidence that it is queued, whatever the call says (facts: seen 0.2 s against 3.1 s).
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
    const because = command.answeredAt
      ? `the device has answered it; the MDM server's own answer: ${result.because}`
      : result.because
    await moveCommand(tx, command.commandUuid, ['sending'], {
      state,
      settledAt: now,
      because,
      httpStatus: result.httpStatus ?? null,
      apiBody: result.body ?? null,
    })
    await insertCommandEvent(tx, programEvent(command.commandUuid, state, now, because))
    if (result.alarm !== undefined) await stopServer(tx, command.mdmServerId, result.alarm)
    if (trial?.state === 'observing' && command.purpose === 'intervention')
      await advanceTrial(
        tx,
        trial,
        {
          kind: state === 'notSent' && command.slotOrdinal === 1 ? 'notSent' : 'noted',
          text: settledText(command, state, because),
          data: { ordinal: command.slotOrdinal, commandUuid: command.commandUuid, state },
          set: state === 'notSent' && command.slotOrdinal === 1 ? unspent : undefined,
        },
        systemActor,
        now,
      )
    await refreshVerdicts(tx, [command.deviceId], now)
  })
}

/** The request provably never left, so the starting state is as it was. */
const unspent = { consumed: false, sentAt: null, deadlineAt: null }

const settledText = (command: Command, state: string, because: string) =>
  `Command ${command.slotOrdinal} is ${state}: ${because}`

/** An event of a command that the program itself has caused. */
export const programEvent = (commandUuid: string, kind: string, at: Date, text = '') => ({
  commandUuid,
  kind,
  at,
  text,
  byName: systemActor.name,
})

/**
 * Longer than the enqueue call (30 s) and the tries to write its answer (a minute) may take, so that no
 * living process still has the answer.
 */
const strandedAfterMs = 120_000

/**
 * Settles what a dead process left half sent. Nobody knows whether the request arrived, so it is
 * unconfirmed, held until the device answers or a person withdraws it, and never sent again.
 */
export async function recoverCommands(
  db: Db,
  now: Date,
  afterMs = strandedAfterMs,
): Promise<number> {
  const stranded = await listStrandedCommands(db, new Date(now.getTime() - afterMs))
  for (const command of stranded)
    await settleCommand(
      db,
      command,
      {
        outcome: 'unconfirmed',
        because: `${systemActor.name} stopped while it was sending: the command may have been sent. Do not send it by hand`,
      },
      now,
    )
  return stranded.length
}
