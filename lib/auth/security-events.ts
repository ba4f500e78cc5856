// No `import 'server-only'` here: lib/web/main.ts, which runs outside React's server condition, records its
// refusals through this file too, and that package throws there.

import { createLog } from '@/lib/log'
import { recordAction } from '../db/audit/record-action'
import type { Db } from '../db/client'
import type { Actor } from '../domain/account/permissions'
import { uuidForm } from '../domain/text/typed-text'

const minuteMs = 60_000

/** Maximum entries of one kind in the audit trail per window, for one key. */
type EntryLimit = { max: number; perMs: number }

/**
 * Keeps a flood of requests from filling the audit trail and still records its size: `max` entries of a key
 * in each window, and at its end one more with the number left out. Counted in this process, so that a flood
 * costs the database nothing.
 * @param recordLeftOut called at the end of a window in which something was left out; must not reject
 * @returns whether this event gets an entry of its own
 */
function createEntryLimit<K extends string>(
  { max, perMs }: EntryLimit,
  recordLeftOut: (key: K, leftOut: number) => Promise<void>,
) {
  const windows = new Map<K, { entered: number; leftOut: number }>()
  const close = (key: K) => {
    const leftOut = windows.get(key)?.leftOut ?? 0
    windows.delete(key)
    if (leftOut > 0) void recordLeftOut(key, leftOut)
  }
  return (key: K): boolean => {
    const open = windows.get(key) ?? { entered: 0, leftOut: 0 }
    if (!windows.has(key)) {
      windows.set(key, open)
      setTimeout(() => close(key), perMs).unref()
    }
    if (open.entered < max) {
      open.entered += 1
      return true
    }
    open.leftOut += 1
    return false
  }
}

/** A request or action that the guard or a service refused: by whom it was made, for what, and why not. */
export type RefusedRequest = {
  /** Undefined if nobody is signed in, or if the request was refused before that was checked. */
  actor?: Actor | undefined
  /** The permission that was needed, or what was attempted if it was refused before any permission was checked. */
  what: string
  reason: string
  trialId?: string | undefined
  deviceId?: string | undefined
}

const authorizationLog = createLog('authorization')

/** Refusals a minute with entries of their own: of all requests without a person together, and of each person. */
const refusalLimits = { nobody: 20, person: 60 } as const

/** Who is named in the entry at the end of a window, by key. */
const latestByKey = new Map<string, { db: Db; actor: Actor | undefined }>()

const refusalLimit = (max: number) =>
  createEntryLimit({ max, perMs: minuteMs }, async (key, leftOut) => {
    const latest = latestByKey.get(key)
    latestByKey.delete(key)
    if (latest)
      await enterRefusal(latest.db, latest.actor, { data: { leftOut, withinMs: minuteMs } })
  })
const isEntered = {
  nobody: refusalLimit(refusalLimits.nobody),
  person: refusalLimit(refusalLimits.person),
}

/**
 * Records a refusal in the log and in the audit trail, in a transaction of its own, as that of the refused
 * action is rolled back. Never rejects: the request stays refused even if this cannot be recorded.
 */
export async function recordRefusal(db: Db, refusal: RefusedRequest): Promise<void> {
  const { actor, what, reason, trialId, deviceId } = refusal
  authorizationLog.warn({ actorId: actor?.id, role: actor?.role, what, reason }, 'refused')
  const key = actor?.id ?? 'nobody'
  if (!isEntered[actor ? 'person' : 'nobody'](key)) {
    latestByKey.set(key, { db, actor })
    return
  }
  const data = { what: what.slice(0, 200), reason: reason.slice(0, 500) }
  await enterRefusal(db, actor, { trialId, deviceId, data })
}

type About = Pick<Parameters<typeof recordAction>[2], 'trialId' | 'deviceId' | 'data'>

async function enterRefusal(db: Db, actor: Actor | undefined, about: About): Promise<void> {
  try {
    await recordAction(db, actor, { kind: 'refused', ...about })
  } catch (error) {
    authorizationLog.error({ err: error }, 'a refusal was not entered into the trail')
  }
}

/** The `status` of a service's answer if it did nothing and says why. */
const refusedStatuses = ['refused', 'changed', 'busy']

/** The refusal in a service's answer, as it is recorded; undefined if the service did what was asked. */
export function refusalIn(
  answer: unknown,
  input: unknown,
): Omit<RefusedRequest, 'actor' | 'what'> | undefined {
  const [status, reason] = [textAt(answer, 'status'), textAt(answer, 'reason')]
  if (status === undefined || !refusedStatuses.includes(status)) return undefined
  return {
    reason: reason ?? status,
    trialId: idAt(input, 'trialId'),
    deviceId: idAt(input, 'deviceId'),
  }
}

function textAt(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'string' ? found : undefined
}

const idAt = (value: unknown, name: string) => {
  const text = textAt(value, name)
  return text && uuidForm.test(text) ? text : undefined
}

/** A failed sign-in. What was typed is not part of it: it may have been a password. */
type FailedSignIn = {
  /** Whose account was tried; undefined if there is no such account. */
  personId: string | undefined
  how: 'password' | 'code' | 'passkey'
  /** A fixed word such as INVALID_EMAIL_OR_PASSWORD, never a text from outside. */
  reason: string
  /** The client's network address, as lib/auth/client-address.ts gives it. */
  address: string
}

const signInLog = createLog('sign-in')

/**
 * Failed sign-ins a minute with entries of their own: of each account five, as many as
 * lib/credentials/guess-limits.ts lets through; of all unknown accounts together twenty.
 */
export const failedSignInLimits = { account: 5, unknown: 20 } as const

/** Gives the function that records failed sign-ins in the audit trail, with the number left out by the limits. */
export function createFailedSignInRecorder(db: Db, perMs = minuteMs) {
  const enter = async (personId: string | undefined, data: Record<string, unknown>) => {
    const about = personId === undefined ? {} : { table: 'users', row: personId }
    try {
      // Without an actor: the client has not proved to be the person whose account was tried.
      await recordAction(db, undefined, { kind: 'signInFailed', ...about, data })
    } catch (error) {
      signInLog.error({ err: error }, 'a failed sign-in was not entered into the trail')
    }
  }
  const limitOf = (max: number) =>
    createEntryLimit({ max, perMs }, (key, leftOut) =>
      enter(key === '' ? undefined : key, { leftOut, withinMs: perMs }),
    )
  const ofAccount = limitOf(failedSignInLimits.account)
  const ofUnknown = limitOf(failedSignInLimits.unknown)
  return async ({ personId, ...data }: FailedSignIn): Promise<void> => {
    signInLog.warn({ personId, ...data }, 'a sign-in failed')
    const entered = personId === undefined ? ofUnknown('') : ofAccount(personId)
    if (entered) await enter(personId, { ...data, reason: data.reason.slice(0, 60) })
  }
}
