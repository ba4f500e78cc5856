import type { Db } from '../db/client'
import { findGuessed } from '../db/queries/people/familiar-addresses'
import {
  forgetTurns,
  giveTurnBack,
  type RateLimit,
  takeTurn,
} from '../db/queries/people/rate-limits'

const minute = 60_000

/**
 * Wrong passwords and codes: five a minute and account, twenty a minute and network address (F48 of
 * docs/exactly-once.md), then waits that double up to 15 minutes. Nobody is locked out for good, which
 * a hundred wrong tries would ask for otherwise (NIST SP 800-63B-4 §3.2.2,
 * https://pages.nist.gov/800-63-4/sp800-63b.html#throttle; ASVS 5.0 6.3.1).
 */
export const guessLimits = {
  account: { max: 5, windowMs: minute, longestWaitMs: 15 * minute },
  address: { max: 20, windowMs: minute, longestWaitMs: 15 * minute },
} as const satisfies Record<string, RateLimit>

export type GuessTurn =
  | {
      status: 'allowed'
      /** What is forgotten, and what given back, when the guess was right. */
      keys: { mine: readonly string[]; shared: readonly string[] }
      /**
       * Set where strangers have used up the tries at an account that has a second factor: its person may
       * still go on to it with the right password, and a wrong one is told to wait as if it was not heard.
       */
      wrongWaitsSeconds?: number
    }
  | { status: 'wait'; seconds: number }

type Guess = {
  /** What is guessed, such as `sign-in`: each kind has its own turns. */
  kind: 'sign-in' | 'code'
  email: string
  /** The client's network address, as lib/auth/client-address gives it. */
  address: string
}

/**
 * Takes a turn for one guess at an account. Who guesses from elsewhere cannot make its person wait where
 * they have signed in before, nor, with a second factor, anywhere: only tries from the same address
 * count there. The idea is that of device cookies
 * (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
 */
export async function takeGuess(
  db: Db,
  { kind, email, address }: Guess,
  now: Date,
): Promise<GuessTurn> {
  const account = email.toLowerCase()
  const keys = {
    address: `${kind}:from:${address}`,
    pair: `${kind}:${account}:from:${address}`,
    strangers: `${kind}:${account}`,
  }
  const shared = await takeTurn(db, keys.address, guessLimits.address, now)
  if (shared.status === 'wait') return shared
  const pair = await takeTurn(db, keys.pair, guessLimits.account, now)
  if (pair.status === 'wait') return pair

  const allowed = (mine: string[]) =>
    ({ status: 'allowed', keys: { mine, shared: [keys.address] } }) as const
  const guessed = await findGuessed(db, account, address, now)
  if (guessed?.familiar) return allowed([keys.pair])
  const strangers = await takeTurn(db, keys.strangers, guessLimits.account, now)
  if (strangers.status === 'taken') return allowed([keys.pair, keys.strangers])
  if (kind === 'sign-in' && guessed?.twoFactorEnabled)
    return { ...allowed([keys.pair]), wrongWaitsSeconds: strangers.seconds }
  return strangers
}

/** Takes a turn where only the address or one thing is known, such as a one-time link or the set-up code. */
export async function takeLoneGuess(
  db: Db,
  key: string,
  limit: RateLimit,
  now: Date,
): Promise<GuessTurn> {
  const turn = await takeTurn(db, key, limit, now)
  return turn.status === 'wait' ? turn : { status: 'allowed', keys: { mine: [key], shared: [] } }
}

/** The guess was right. The address keeps what others at it have used up. */
export async function forgetGuesses(
  db: Db,
  { keys }: Extract<GuessTurn, { status: 'allowed' }>,
): Promise<void> {
  for (const key of keys.mine) await forgetTurns(db, key)
  for (const key of keys.shared) await giveTurnBack(db, key)
}

/** How long to wait, in words for the person. */
export const waitWords = (seconds: number): string =>
  seconds < 120
    ? `Too many wrong tries. Try again in ${seconds} seconds.`
    : `Too many wrong tries. Try again in ${Math.ceil(seconds / 60)} minutes.`
