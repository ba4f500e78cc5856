import { createLog } from '@/lib/log'
import { recordAction } from '../db/audit/record-action'
import type { Db } from '../db/client'
import { createEntryBound } from './entry-bound'

/** A sign-in that came to nothing. What was typed is not part of it: it may have been a password. */
type FailedSignIn = {
  /** Whose account was tried, where there is such an account. */
  personId: string | undefined
  how: 'password' | 'code' | 'passkey'
  /** A fixed word such as INVALID_EMAIL_OR_PASSWORD, never a text from outside. */
  reason: string
  /** The client's network address, as lib/auth/client-address gives it. */
  address: string
}

const log = createLog('sign-in')

/** Entries a minute: of each account five, as many as are heard (lib/credentials/guess-limits); of all unknown ones twenty. */
export const failedSignInBounds = { account: 5, unknown: 20 } as const
const minuteMs = 60_000

type Keep = (failed: FailedSignIn) => Promise<void>

/** Enters failed sign-ins into the audit trail, so many a minute and how many more there were. */
export function createFailedSignIns(db: Db, perMs = minuteMs): Keep {
  const enter = async (personId: string | undefined, data: Record<string, unknown>) => {
    const about = personId === undefined ? {} : { table: 'users', row: personId }
    try {
      // By nobody: whoever it was has not shown to be that person.
      await recordAction(db, undefined, { kind: 'signInFailed', ...about, data })
    } catch (error) {
      log.error({ err: error }, 'a failed sign-in was not entered into the trail')
    }
  }
  const boundOf = (max: number) =>
    createEntryBound({ max, perMs }, (key, leftOut) =>
      enter(key === '' ? undefined : key, { leftOut, withinMs: perMs }),
    )
  const ofAccount = boundOf(failedSignInBounds.account)
  const ofUnknown = boundOf(failedSignInBounds.unknown)
  return async ({ personId, ...data }) => {
    log.warn({ personId, ...data }, 'a sign-in failed')
    const entered = personId === undefined ? ofUnknown('') : ofAccount(personId)
    if (entered) await enter(personId, { ...data, reason: data.reason.slice(0, 60) })
  }
}
