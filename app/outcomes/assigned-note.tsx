import { Text } from '@mantine/core'
import { UserText } from '@/components/data/text'
import type { Db } from '@/lib/db/client'
import { countOutcomes } from '@/lib/db/queries/trials/analytics'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'

type Group = { label: string; filter: TrialFilter }
type Props = { db: Db; environment: Environment; groups: readonly Group[] }

/** How the trials of two arms were assigned: those by choice are said, as they make the groups no longer comparable. */
export async function AssignedNote({ db, environment, groups }: Props) {
  const counted = await Promise.all(
    groups.map(async ({ label, filter }) => {
      const rows = await countOutcomes(db, environment, filter, 'assigned')
      const of = (method: string) =>
        rows.filter(({ row }) => row === method).reduce((sum, { trials }) => sum + trials, 0)
      return { label, random: of('random'), choice: of('choice') }
    }),
  )
  return (
    <Text size="sm">
      {counted.map(({ label, random, choice }) => (
        <span key={label}>
          <UserText>{label}</UserText>: {random} assigned at random, {choice} by choice.{' '}
        </span>
      ))}
      {counted.some(({ choice }) => choice > 0)
        ? 'Who chose an arm may have chosen it for a reason that also changes the outcome: narrow “Assigned” to “At random” for a randomised comparison.'
        : 'Trials count in the arm that they were assigned to, whatever was done then.'}
    </Text>
  )
}
