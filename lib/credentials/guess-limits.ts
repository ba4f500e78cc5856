import type { Db } from '../db/client'
import {
  clearAttempts,
  countAttempt,
  findGuessedAccount,
  type RateLimit,
  uncountAttempt,
} from '../db/queries/people/rate-limits'

const minute = 60_000

/**
 * Wrong passwords and codes: five a minute for an account, twenty a minute from a network address (F48 of
 * docs/faults.md), then waits that double up to 15 minutes. No account is locked for good: the
 * growing waits stand in for the lock after a hundred wrong guesses in a row (NIST SP 800-63B-4 §3.2.2,
 * https://pages.nist.gov/800-63-4/sp800-63b.html#throttle; ASVS 5.0 6.3.1).
 */
export const guessLimits = {
  account: { max: 5, windowMs: minute, maxWaitMs: 15 * minute },
  address: { max: 20, windowMs: minute, maxWaitMs: 15 * minute },
} as const satisfies Record<string, RateLimit>

export type GuessCount =
  | {
      status: 'allowed'
      /** Counts to settle if the guess is right: `mine` are cleared, `shared` are lowered by one. */
      keys: { mine: readonly string[]; shared: readonly string[] }
      /**
       * Set if strangers have used up the guesses at an account with a second factor. Its person may still go
       * on to the second factor with the right password; a wrong password is answered as if it had not been
       * checked, with this wait.
       */
      wrongWaitsSeconds?: number
    }
  | { status: 'wait'; seconds: number }

type Guess = {
  /** What is guessed; each kind is counted separately. */
  kind: 'sign-in' | 'code'
  email: string
  /** The client's network address, as lib/auth/client-address.ts gives it. */
  address: string
}

/**
 * Counts one guess at an account, before it is checked. Guesses from other addresses do not make its person
 * wait at an address where they have signed in before, nor, with a second factor, at any address: there only
 * guesses from that same address count. The idea is that of device cookies
 * (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
 */
export async function countGuess(
  db: Db,
  { kind, email, address }: Guess,
  now: Date,
): Promise<GuessCount> {
  const account = email.toLowerCase()
  const keys = {
    address: `${kind}:from:${address}`,
    pair: `${kind}:${account}:from:${address}`,
    strangers: `${kind}:${account}`,
  }
  const shared = await countAttempt(db, keys.address, guessLimits.address, now)
  if (shared.status === 'wait') return shared
  const pair = await countAttempt(db, keys.pair, guessLimits.account, now)
  if (pair.status === 'wait') return pair

  const allowed = (mine: string[]) =>
    ({ status: 'allowed', keys: { mine, shared: [keys.address] } }) as const
  const guessed = await findGuessedAccount(db, account, address, now)
  if (guessed?.familiar) return allowed([keys.pair])
  const strangers = await countAttempt(db, keys.strangers, guessLimits.account, now)
  if (strangers.status === 'counted') return allowed([keys.pair, keys.strangers])
  if (kind === 'sign-in' && guessed?.twoFactorEnabled)
    return { ...allowed([keys.pair]), wrongWaitsSeconds: strangers.seconds }
  return strangers
}

/** Counts one guess at something without an account, such as a one-time link or the set-up code. */
export async function countGuessByKey(
  db: Db,
  key: string,
  limit: RateLimit,
  now: Date,
): Promise<GuessCount> {
  const attempt = await countAttempt(db, key, limit, now)
  return attempt.status === 'wait'
    ? attempt
    : { status: 'allowed', keys: { mine: [key], shared: [] } }
}

/** Settles the counts of a right guess. What others at the same address have used up stays counted. */
export async function clearGuesses(
  db: Db,
  { keys }: Extract<GuessCount, { status: 'allowed' }>,
): Promise<void> {
  for (const key of keys.mine) await clearAttempts(db, key)
  for (const key of keys.shared) await uncountAttempt(db, key)
}

/** How long to wait, in words for the person. */
export const waitWords = (seconds: number): string =>
  seconds < 120
    ? `Too many wrong tries. Try again in ${seconds} seconds.`
    : `Too many wrong tries. Try again in ${Math.ceil(seconds / 60)} minutes.`

/** A request that never reports its end gives its place in the queue up after this time. */
const maxGuessMs = 10_000
/** Guesses beyond this number do not wait in the queue; they are counted at once, as a wrong guess would be. */
const maxQueued = 60

type Queue = { last: Promise<void>; length: number }

const queues = new Map<string, Queue>()

/**
 * Waits in this process until no other guess under any of `keys` is being checked; gives the function that ends
 * this guess. A guess is counted before it is checked and uncounted if it was right, so right guesses at the same
 * moment could reach the limit on wrong ones. One after the other they cannot.
 * @param keys in the same order everywhere, the account before the address
 */
export async function waitToGuess(keys: readonly string[]): Promise<() => void> {
  const ends: (() => void)[] = []
  for (const key of keys) ends.push(await waitInQueue(key))
  return () => {
    for (const end of ends) end()
  }
}

async function waitInQueue(key: string): Promise<() => void> {
  const queue = queues.get(key) ?? { last: Promise.resolve(), length: 0 }
  if (queue.length >= maxQueued) return () => undefined
  queues.set(key, queue)
  queue.length += 1
  const before = queue.last
  let end: () => void = () => undefined
  queue.last = new Promise((resolve) => {
    end = resolve
  })
  await before
  let isOver = false
  const leave = () => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    queue.length -= 1
    if (queue.length === 0) queues.delete(key)
    end()
  }
  const timer = setTimeout(leave, maxGuessMs)
  timer.unref()
  return leave
}

/** Checks one guess when no other under these keys is being checked. */
export async function guessInQueue<T>(
  keys: readonly string[],
  guess: () => Promise<T>,
): Promise<T> {
  const leave = await waitToGuess(keys)
  try {
    return await guess()
  } finally {
    leave()
  }
}
