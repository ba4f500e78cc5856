import {
  Alert,
  Group,
  Stack,
  Table,
  TableScrollContainer,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
  Title,
} from '@mantine/core'
import { IconChartDots } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { InstallRates, OutcomeDots } from '@/components/charts/outcome-dots'
import { OutcomeKey } from '@/components/charts/outcome-legend'
import { EmptyState } from '@/components/empty-state'
import { TextLink } from '@/components/links'
import { PageHeader } from '@/components/page-header'
import { Refusal } from '@/components/refusal'
import { TrialFilterBar } from '@/components/trial-filter-bar'
import { requireActor } from '@/lib/auth/actor'
import { listConcluded, mostDots } from '@/lib/db/analytics'
import { db } from '@/lib/db/pool'
import { listStartVersions } from '@/lib/db/trial-list'
import { resolveWorld } from '@/lib/db/worlds'
import { outcomes } from '@/lib/domain/outcome'
import { leastForRate, outcomesPerVersion, type VersionOutcomes } from '@/lib/domain/statistics'
import { readTrialFilter } from '@/lib/domain/trial-filter'
import { paths } from '@/lib/paths'

export const metadata: Metadata = { title: 'Outcomes' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Outcomes per starting version, of one world: dots, intervals, and the same numbers as a table. */
export default async function OutcomesPage({ searchParams }: Props) {
  await requireActor()
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { world, because } = await resolveWorld(db, given.world)
  const [found, startVersions] = await Promise.all([
    listConcluded(db, world, filter),
    listStartVersions(db, world),
  ])
  const shown = found.slice(0, mostDots)
  const versions = outcomesPerVersion(shown)
  const dots = shown.map(({ labTag, deviceName, ...dot }) => ({
    ...dot,
    device: labTag ?? deviceName,
  }))
  return (
    <>
      <PageHeader
        title="Outcomes per starting version"
        world={world}
        worldBecause={because}
        description="Concluded trials, by the OS they started from. The OS build before and after decides, not what the device replied."
      />
      {problems.map(({ field, because: reason, accepted }) => (
        <Refusal
          key={field}
          title="A filter was left out"
          because={`${reason}. Accepted: ${accepted}.`}
        />
      ))}
      <TrialFilterBar filter={filter} versions={startVersions} world={world} path="outcomes" />
      {found.length > mostDots && (
        <Alert
          color="yellow"
          variant="outline"
          title={`Only the newest ${mostDots} trials are shown`}
        >
          Narrow the filter to see the others in a chart; the export holds them all.
        </Alert>
      )}
      {versions.length === 0 ? (
        <EmptyState title="No concluded trial here" icon={IconChartDots}>
          A trial stands here once a person has concluded it.
        </EmptyState>
      ) : (
        <Stack gap="lg" mt="sm">
          <section aria-label="One dot per trial">
            <OutcomeDots dots={dots} versions={versions} />
            <Group gap="md" justify="center">
              {outcomes
                .filter((outcome) => shown.some((trial) => trial.outcome === outcome))
                .map((outcome) => (
                  <Text key={outcome} size="sm">
                    <OutcomeKey outcome={outcome} />
                  </Text>
                ))}
            </Group>
          </section>
          <section aria-label="Share installed">
            <Title order={2} size="h4">
              Share installed, with Wilson 95 % interval
            </Title>
            <Text size="sm" c="dimmed">
              No rate is given below {leastForRate} trials: the dots say all there is.
            </Text>
            {versions.some(({ rate }) => rate !== undefined) && (
              <InstallRates versions={versions} />
            )}
          </section>
          <VersionTable versions={versions} address={{ ...filter, world }} />
          <Text size="sm">
            <a href={paths.exportTrials({ ...filter, world })}>Export these trials (CSV)</a>
          </Text>
        </Stack>
      )}
    </>
  )
}

const share = (value: number) => value.toFixed(2)

type TableProps = { versions: VersionOutcomes[]; address: Record<string, string | undefined> }

function VersionTable({ versions, address }: TableProps) {
  return (
    <section aria-label="The same numbers as a table">
      <Title order={2} size="h4">
        The same numbers as a table
      </Title>
      <TableScrollContainer minWidth={560}>
        <Table>
          <TableThead>
            <TableTr>
              <TableTh>Starting OS</TableTh>
              <TableTh>n</TableTh>
              <TableTh>Installed</TableTh>
              <TableTh>Share (95 %)</TableTh>
              <TableTh>Left out</TableTh>
              <TableTh>Outcomes</TableTh>
            </TableTr>
          </TableThead>
          <TableTbody>
            {versions.map(({ startOs, n, installed, rate, interval, leftOut, counts }) => (
              <TableTr key={startOs}>
                <TableTh scope="row">
                  <TextLink
                    href={paths.trials({ ...address, version: startOs, state: 'concluded' })}
                  >
                    {startOs}
                  </TextLink>
                </TableTh>
                <TableTd>{n}</TableTd>
                <TableTd>
                  {installed} of {n}
                </TableTd>
                <TableTd>
                  {rate === undefined || !interval
                    ? `n < ${leastForRate}`
                    : `${share(rate)} [${share(interval.low)}, ${share(interval.high)}]`}
                </TableTd>
                <TableTd>{leftOut}</TableTd>
                <TableTd>
                  {outcomes
                    .filter((outcome) => counts[outcome])
                    .map((outcome) => (
                      <div key={outcome}>
                        {counts[outcome]} × <OutcomeKey outcome={outcome} />
                      </div>
                    ))}
                </TableTd>
              </TableTr>
            ))}
          </TableTbody>
        </Table>
      </TableScrollContainer>
    </section>
  )
}
