import type { Db } from '@/lib/db/client'
import {
  type LockedEvent,
  listFreeEvents,
  lockUnreadEvents,
} from '@/lib/db/queries/events/raw-events'
import { unsealBody } from '@/lib/db/queries/events/sealed-bodies'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import type { Attempt } from '../shared/failure'
import { readLocked, readOrSetAside } from './read-kept-event'

/** A larger body is read by itself: the devices of the others stay locked while it is parsed. */
const maxBytes = 65_536

/**
 * Reads events in one commit; each group has events of one device in their order. If one of them cannot be read, none
 * of them was, and each is read by itself: so it alone fails, as if it had come alone. What could not be locked at once is
 * read by itself as well. docs/decisions/103-events-in-one-commit.md
 * @returns how many it read
 */
export async function readTogether(
  db: Db,
  groups: readonly (readonly number[])[],
  clock: () => Date,
  attempt: Attempt,
): Promise<number> {
  const ids = groups.flat()
  const done = ids.length > 1 ? await readAtOnce(db, groups, clock()) : undefined
  const left = done
    ? await listFreeEvents(
        db,
        ids.filter((id) => !done.has(id)),
      )
    : ids
  let read = done?.size ?? 0
  for (const id of left)
    read += await attempt(async () => ((await readOrSetAside(db, id, clock())) ? 1 : 0))
  return read
}

/**
 * @returns the events that were read and committed; undefined if one of them failed. Also after an error that may go away: where
 * it comes back with each reading of one event, the others must not wait for that one.
 */
async function readAtOnce(
  db: Db,
  groups: readonly (readonly number[])[],
  now: Date,
): Promise<ReadonlySet<number> | undefined> {
  try {
    return await transact(db, systemActor, async (tx) => {
      const locked = await lockUnreadEvents(tx, groups.flat(), maxBytes)
      const devices = inOrder(groups, locked)
      const [plain, inTrial] = [false, true].map((is) =>
        devices.filter(([first]) => first?.inTrial === is),
      )
      const all = wholeTransaction(tx)
      await sideBySide((plain ?? []).map((events) => () => readInTurn(all, events, now)))
      for (const events of inTrial ?? []) await readInTurn(all, events, now)
      return new Set(devices.flat().map(({ event }) => event.id))
    })
  } catch {
    // Each reading by itself reports its own error.
    return undefined
  }
}

/** Of each device the events up to the first that was not locked: no later one may be read before it. */
function inOrder(
  groups: readonly (readonly number[])[],
  locked: readonly LockedEvent[],
): LockedEvent[][] {
  const byId = new Map(locked.map((one) => [one.event.id, one]))
  return groups.flatMap((ids) => {
    const missing = ids.findIndex((id) => !byId.has(id))
    const upTo = missing === -1 ? ids : ids.slice(0, missing)
    const events = upTo.flatMap((id) => byId.get(id) ?? [])
    return events.length > 0 ? [events] : []
  })
}

async function readInTurn(tx: Db, events: readonly LockedEvent[], now: Date): Promise<void> {
  for (const { event, sealed } of events)
    await readLocked(tx, event, sealed === null ? event.body : unsealBody(event, sealed), now)
}

/**
 * Runs steps of one transaction side by side, so that none waits for the database's answer to another. They must be about
 * different devices. It ends once none of them uses the transaction any more.
 * @throws the error that came first: those after it only say that the transaction has failed
 */
async function sideBySide(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = []
  const caught = steps.map((step) => step().catch((error: unknown) => errors.push(error)))
  await Promise.all(caught)
  if (errors.length > 0) throw errors[0]
}

/**
 * The same transaction without savepoints, as those of steps side by side would end each other's. What only a savepoint
 * would have kept from failing fails all of it, and each event is then read by itself, with its savepoint.
 */
function wholeTransaction(tx: Db): Db {
  return new Proxy(tx, {
    get(target, key, proxy) {
      if (key === 'transaction') return (run: (inner: Db) => Promise<unknown>) => run(proxy)
      return Reflect.get(target, key, target)
    },
  })
}
