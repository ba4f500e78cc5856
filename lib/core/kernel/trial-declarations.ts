import type { Db } from '@/lib/db/client'
import { listDeclarationCheckins } from '@/lib/db/queries/events/declaration-checkins'
import { listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import type { DeviceFacts } from '@/lib/domain/rules/rule'
import { mayHaveLeftStates } from '@/lib/domain/trial/command-slot'
import { enforcementNames, readEnforcement } from '@/lib/mdm/declarations/build-enforcement'
import { activeAfter, readConfigurations } from '@/lib/mdm/declarations/reported-configurations'
import { eventTime } from '@/lib/mdm/event'

type Checkin = Awaited<ReturnType<typeof listDeclarationCheckins>>[number]

/** The declarations of a trial and what the device has named since, for rule Q9; undefined where it has sent none. */
export async function declarationsOfTrial(
  db: Db,
  deviceId: string,
  trialId: string,
): Promise<DeviceFacts['trialDeclarations']> {
  const states: readonly string[] = mayHaveLeftStates
  const sent = (await listCommandsOfTrial(db, trialId)).flatMap(
    ({ commandUuid, plist, state, sendingAt }) =>
      sendingAt && states.includes(state) && readEnforcement(plist, commandUuid)
        ? [{ name: enforcementNames(commandUuid).configuration, at: sendingAt }]
        : [],
  )
  if (sent.length === 0) return undefined
  return namedSince(sent, await listDeclarationCheckins(db, deviceId))
}

/**
 * What a device has named of configurations since these were sent. Those that it named before the first of them are not
 * another program's: at that release Q9 had passed with them there, so that they enforce no update.
 */
export function namedSince(
  sent: readonly { name: string; at: Date }[],
  checkins: readonly Checkin[],
): DeviceFacts['trialDeclarations'] {
  const times = sent.map(({ at }) => at.getTime())
  const released = sent.map(({ name }) => name).toSorted()
  const reports = checkins
    .flatMap((checkin) => {
      const read = checkin.payload ? readConfigurations(checkin.payload) : undefined
      return read ? [{ ...read, at: timeOf(checkin) }] : []
    })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const newest = reports.at(-1)
  if (!newest || newest.at.getTime() <= Math.max(...times)) return { released }
  const before = activeAfter(reports.filter(({ at }) => at.getTime() < Math.min(...times)))
  const active = activeAfter(reports)
  const others = active.filter((name) => !released.includes(name) && !before.includes(name))
  const own = active.filter((name) => released.includes(name))
  return { released, seen: { own, others, at: newest.at } }
}

const timeOf = ({ receivedAt, createdAt }: Checkin) =>
  eventTime({ receivedAt }, createdAt ? { createdAt } : {})
