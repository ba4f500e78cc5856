import type { Db } from '@/lib/db/client'
import { nextFrozenNumber } from '@/lib/db/queries/frozen-reports'
import { isClash } from '../../shared/failure'
import { type Refusal, refused } from '../../shared/result'

/** Of two reports at the same moment one needs a second try; of five, one may need a fifth. */
const maxTries = 5

/**
 * Stores a report under the number after the last one. A report that was frozen at the same moment may have taken that
 * number: then the next one is taken, with everything made anew that names it.
 * @param store must write nothing if it throws
 */
export async function underNextNumber<T>(
  db: Db,
  store: (number: number) => Promise<T>,
): Promise<T | Refusal> {
  for (let tries = 0; tries < maxTries; tries += 1)
    try {
      return await store(await nextFrozenNumber(db))
    } catch (error) {
      if (!isClash(error)) throw error
    }
  return refused('other reports were frozen at the same moment: try again')
}
