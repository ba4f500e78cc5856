import type { FactorChoice } from '@/components/trial/factor-choices'
import type { Db } from '@/lib/db/client'
import {
  type ConcludedTrial,
  countOutcomes,
  listConcluded,
} from '@/lib/db/queries/trials/analytics'
import type { Environment } from '@/lib/domain/device/device'
import { maxDots, rowsWithDots } from '@/lib/domain/statistics/dots'
import { type OutcomeRow, outcomeRows } from '@/lib/domain/statistics/statistics'
import { byValue, type FactorName, labelOfValue } from '@/lib/domain/trial/factors'
import { type PrimaryOutcome, primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'

type LabelledRow = OutcomeRow & { label: string }

/** Trials with the same primary outcome: their rows, and the dots of the rows that are drawn. */
export type OutcomeGroup = {
  primary: PrimaryOutcome
  rows: LabelledRow[]
  drawn: LabelledRow[]
  tooMany: LabelledRow[]
  dots: ConcludedTrial[]
}

/** The trials that a row has as dots: those against the builds are listed apart. */
export const dotsOf = ({ n, leftOut, against }: OutcomeRow): number => n + leftOut - against

/** As many as a person reads; the export has all of them. */
const maxAgainst = 50

type Asked = { environment: Environment; filter: TrialFilter; by: FactorName; withDots: boolean }

/**
 * The rows of the page, from one count of the outcomes, with the dots that are drawn.
 * @param namesOf the names of values, which are read beside the count
 */
export async function readGroups(
  db: Db,
  { environment, filter, by, withDots }: Asked,
  namesOf: Promise<readonly FactorChoice[]>,
) {
  const [counted, names] = await Promise.all([countOutcomes(db, environment, filter, by), namesOf])
  const found = primaryOutcomes
    .map((primary) => {
      const own = counted.filter((one) => one.primary === primary)
      const rows = outcomeRows(own, primary, byValue(by)).map((row) => ({
        ...row,
        label: labelOfValue(by, row.row, names),
      }))
      return { primary, rows, ...rowsWithDots(rows, dotsOf) }
    })
    .filter(({ rows }) => rows.length > 0)
  const [groups, against] = await Promise.all([
    Promise.all(
      found.map(async (group): Promise<OutcomeGroup> => {
        const { primary, drawn } = group
        const values = drawn.filter((row) => dotsOf(row) > 0).map(({ row }) => row)
        if (!withDots || values.length === 0) return { ...group, dots: [] }
        const wanted = { values, primary, against: false, max: maxDots }
        return { ...group, dots: await listConcluded(db, environment, filter, by, wanted) }
      }),
    ),
    withDots && counted.some((one) => one.against)
      ? listConcluded(db, environment, filter, by, { against: true, max: maxAgainst })
      : [],
  ])
  return { counted, groups, against }
}
