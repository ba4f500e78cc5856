import { Text } from '@mantine/core'
import { logRank } from '@/lib/domain/statistics/log-rank'
import type { Group } from './view'

/** The log-rank test of two groups, or why there is none. */
export function LogRankResult({ first, second }: { first: Group; second: Group }) {
  const result = logRank(first.timed, second.timed)
  if (!result.tested) return <Text size="sm">Log-rank test: {result.reason}.</Text>
  const { chiSquare, p, observed, expected } = result
  return (
    <Text size="sm">
      Log-rank test, one degree of freedom: χ² = {chiSquare.toFixed(3)}, p ={' '}
      {p < 0.0001 ? p.toExponential(1) : p.toFixed(4)}. Events in the first group: {observed[0]},
      expected {expected[0].toFixed(2)}; in the second: {observed[1]}, expected{' '}
      {expected[1].toFixed(2)}.{p > 0.05 && ' A large p does not show that the groups are alike.'}
    </Text>
  )
}
