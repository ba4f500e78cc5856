import type { Db } from '@/lib/db/client'
import { countOtherLabs, findSeenOutcomes, findSeenRadars } from '@/lib/db/queries/other-labs-seen'
import type { Radar } from '@/lib/db/queries/radars/radars'
import type { Environment } from '@/lib/domain/device/device'
import { outcomeElsewhere, seenInWords } from '@/lib/domain/report/other-labs'

/**
 * For each radar, by its ID, what other labs report of what it is about: its contradiction, or else the outcome of its trial.
 * Empty where no lab has sent a report.
 */
export async function readSeenElsewhere(
  db: Db,
  environment: Environment,
  radars: readonly Radar[],
): Promise<Map<string, string>> {
  const labs = await countOtherLabs(db, environment)
  if (labs === 0) return new Map()
  const [contradictions, outcomes] = await Promise.all([
    findSeenRadars(
      db,
      radars.flatMap(({ contradictionId }) => contradictionId ?? []),
    ),
    findSeenOutcomes(
      db,
      radars.flatMap(({ contradictionId, trialId }) =>
        contradictionId === null && trialId !== null ? [trialId] : [],
      ),
    ),
  ])
  const wordsOf = ({ contradictionId, trialId }: Radar): string | undefined => {
    const named = contradictionId === null ? undefined : contradictions.get(contradictionId)
    if (named) return `its contradiction was seen ${seenInWords(named, labs)}`
    const outcome = trialId === null ? undefined : outcomes.get(trialId)
    return outcome && outcomeElsewhere(outcome)
  }
  return new Map(
    radars.flatMap((radar) => {
      const words = wordsOf(radar)
      return words === undefined ? [] : [[radar.id, words] as const]
    }),
  )
}
