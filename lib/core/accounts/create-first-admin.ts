import { isCommonPassword } from '@/lib/credentials/common-passwords'
import { clearGuesses, countGuessByKey, waitWords } from '@/lib/credentials/guess-limits'
import { createPerson } from '@/lib/credentials/people'
import { checkSetUpCode, deleteSetUpCode } from '@/lib/credentials/set-up-code'
import type { Db } from '@/lib/db/client'
import { countPeople, lockPeople } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import { passwordProblem } from '@/lib/domain/account/password'
import { type Refusal, refused } from '../shared/result'

export type FirstAdmin = { code: string; name: string; email: string; password: string }
type Result = { status: 'created'; personId: string } | Refusal

/** Nobody can be signed in yet; the printed code takes the place of a sign-in. */
const setter = { id: 'set-up', name: 'Set-up by the printed code', role: 'system' } as const

/** Creates the first admin. The only action without an actor: it needs the printed code, and works only while there are no people. */
export async function createFirstAdmin(
  db: Db,
  input: FirstAdmin,
  dataDir: string,
  now: Date,
): Promise<Result> {
  const { code, ...person } = input
  const attempt = await countGuessByKey(db, 'set-up code', codeLimit, now)
  const wrong =
    attempt.status === 'wait'
      ? waitWords(attempt.seconds)
      : codeProblem(await checkSetUpCode(dataDir, code))
  const weak = passwordProblem(person.password, person, isCommonPassword)
  const result = await transact(db, setter, async (tx): Promise<Result> => {
    await lockPeople(tx)
    if ((await countPeople(tx)) > 0)
      return refused('This lab has been set up already; sign in, or ask its admin to add you.')
    if (wrong !== undefined) return refused(wrong, 'code')
    if (weak !== undefined) return refused(weak, 'password')
    return { status: 'created', personId: await createPerson(tx, { ...person, role: 'admin' }) }
  })
  if (attempt.status === 'allowed' && wrong === undefined) await clearGuesses(db, attempt)
  if (result.status === 'created') await deleteSetUpCode(dataDir)
  return result
}

/** Ten tries in five minutes for a code of twelve digits, counted over all callers: a new lab waits for one person. */
const codeLimit = { max: 10, windowMs: 5 * 60_000, maxWaitMs: 15 * 60_000 }

function codeProblem(check: Awaited<ReturnType<typeof checkSetUpCode>>): string | undefined {
  if (check === 'right') return undefined
  if (check === 'wrong') return 'This is not the code that was printed when Oneway started.'
  return 'There is no code. Restart Oneway, and it prints one.'
}
