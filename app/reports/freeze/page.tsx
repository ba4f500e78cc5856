import { Text } from '@mantine/core'
import type { Metadata } from 'next'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countTrials } from '@/lib/db/queries/trials/trial-list'
import { refusalFor } from '@/lib/domain/account/permissions'
import { maxFrozenTrials } from '@/lib/domain/report/frozen-report'
import { readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { FreezeForm } from './form'

export const metadata: Metadata = { title: 'Freeze a report' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Freezes the trials that the list shows under the filters of the address. */
export default async function FreezePage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const count = await countTrials(db, { environment, filter })
  const set = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  )
  return (
    <>
      <PageHeader
        title="Freeze a report"
        environment={environment}
        environmentReason={reason}
        description="The trials as they are now: their CSV files with the data dictionary, the report of each as a page, PDF and JSON, and the SHA-256 of every file, in one ZIP. It is kept and never changes."
      />
      <FilterProblems problems={problems} />
      <Text size="sm">
        <b>{count === 1 ? '1 trial' : `${count} trials`}</b> in this selection
        {count > maxFrozenTrials && `, and ${maxFrozenTrials} at most are frozen at once`}
        {set.length > 0 ? ', narrowed by' : ', all of this environment'}{' '}
        {set.map(([name, value], at) => (
          <span key={name}>
            {at > 0 && ', '}
            {name} <UserText>{value}</UserText>
          </span>
        ))}
        .{' '}
        <TextLink href={paths.trials({ ...filter, environment })} size="sm">
          Show them
        </TextLink>
      </Text>
      <FreezeForm
        environment={environment}
        filter={Object.fromEntries(set)}
        mayNot={
          refusalFor(actor, 'freezeReport') ??
          (count === 0 || count > maxFrozenTrials
            ? `Choose 1 to ${maxFrozenTrials} trials.`
            : undefined)
        }
      />
    </>
  )
}
