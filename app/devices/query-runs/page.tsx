import { Card, Group, Stack, Text, Title } from '@mantine/core'
import { IconMessageQuestion } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { one } from '@/app/query-text'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { TestsLeft } from '@/components/data/tests-left'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ActionButton } from '@/components/forms/action-button'
import { authorize } from '@/lib/auth/guard'
import { type ListedRun, listQueryRuns, listRunDevices } from '@/lib/db/queries/devices/query-runs'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countTestsLeft } from '@/lib/db/queries/planning/unused-devices'
import { refusalFor } from '@/lib/domain/account/permissions'
import { runDeviceLabels } from '@/lib/domain/device/query-run'
import { paths } from '@/lib/paths'
import { stopQueryRunAction } from '../actions'
import { RunProgress } from '../run-progress'

export const metadata: Metadata = { title: 'Query runs' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }
const shownRuns = 20

/** The newest runs that queried many devices at once, and of one of them each device. */
export default async function QueryRunsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const [runs, left] = await Promise.all([
    listQueryRuns(db, environment, { limit: shownRuns }),
    countTestsLeft(db, environment),
  ])
  const shown = runs.find(({ id }) => String(id) === one.safeParse(given.run).data)
  const rows = shown ? await listRunDevices(db, shown.id) : []
  const address = { environment: given.environment === undefined ? undefined : environment }
  return (
    <>
      <PageHeader
        title="Query runs"
        environment={environment}
        environmentReason={reason}
        marks={<LiveTable of={['devices']} />}
        description="Many devices queried at once: five of each MDM server at a time, one command in flight per device."
      />
      {runs.length === 0 ? (
        <EmptyState
          title="No query run yet"
          icon={IconMessageQuestion}
          action={<ButtonLink href={paths.devices(address)}>To the devices</ButtonLink>}
        >
          Narrow the list of devices, then press “Query all”.
        </EmptyState>
      ) : (
        <Stack gap="sm" maw={900}>
          <TestsLeft left={left} environment={environment} />
          {runs.map((run) => (
            <Run key={run.id} run={run} reason={refusalFor(actor, 'askDevice')} address={address}>
              {run.id === shown?.id && <Devices rows={rows} />}
            </Run>
          ))}
        </Stack>
      )}
    </>
  )
}

type RunProps = {
  run: ListedRun
  reason: string | undefined
  address: { environment: string | undefined }
  children: React.ReactNode
}

function Run({ run, reason, address, children }: RunProps) {
  const { id, startedAt, startedByName, endedAt, stoppedByName, freshFrom, freshUntil } = run
  return (
    <Card withBorder component="section" aria-label={`Query run ${id}`} p="md">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Begun <When at={startedAt} /> by <UserText>{startedByName}</UserText>
        </Title>
        {endedAt === null && (
          <ActionButton
            size="xs"
            variant="default"
            act={stopQueryRunAction.bind(null, id)}
            refusedTitle="Not stopped"
            reason={reason}
          >
            Stop querying
          </ActionButton>
        )}
      </Group>
      <RunProgress run={run} />
      {freshFrom && freshUntil && (
        <Text size="sm">
          Kept fresh from <When at={freshFrom} exact /> until <When at={freshUntil} exact />: each
          device is queried every {run.everyMinutes} minutes.
        </Text>
      )}
      <Text size="sm" c="dimmed" mb={children ? 'sm' : 0}>
        {endedAt ? (
          <>
            Ended <When at={endedAt} />
            {stoppedByName && (
              <>
                , stopped by <UserText>{stoppedByName}</UserText>
              </>
            )}
            .{' '}
          </>
        ) : null}
        {children ? (
          <TextLink href={paths.queryRuns(address)}>Hide the devices</TextLink>
        ) : (
          <TextLink href={paths.queryRuns({ ...address, run: id })}>Show the devices</TextLink>
        )}
      </Text>
      {children}
    </Card>
  )
}

type Rows = Awaited<ReturnType<typeof listRunDevices>>

const Devices = ({ rows }: { rows: Rows }) => (
  <table className={classes.table} aria-label="Devices of the run">
    <TableHead labels={['Device', 'State', 'Changed']} />
    <tbody>
      {rows.map((row) => (
        <tr key={row.deviceId}>
          <td data-label="Device">
            <TextLink href={paths.device(row.deviceId)} size="sm">
              <UserText>{[row.labTag, row.name].filter(Boolean).join(' ') || row.serial}</UserText>
            </TextLink>
          </td>
          <td data-label="State">
            <div>
              {runDeviceLabels[row.state]}
              {row.reason && (
                <Text size="xs" c="dimmed">
                  <UserText>{row.reason}</UserText>
                </Text>
              )}
            </div>
          </td>
          <td data-label="Changed">
            <When at={row.changedAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
