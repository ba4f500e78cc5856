import { Stack, Title } from '@mantine/core'
import { IconUsersGroup } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { QueueList } from '@/app/queue-list'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listQueue, type QueueEntry } from '@/lib/db/queries/planning/queue'
import { paths } from '@/lib/paths'
import { PlanPages } from '../plan-pages'

export const metadata: Metadata = { title: 'Queue' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Who waits for which device. */
export default async function QueuePage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const queues = byDevice(await listQueue(db, { environment }, new Date()))
  return (
    <>
      <PageHeader
        title="Queue"
        environment={environment}
        environmentReason={reason}
        description="Who wants a device that others have. The check of a claimed fix comes before other trials, then who came first; a lead moves places. The home page of the first says so once the device is free, and a booking or a draft on it ends the wait."
        marks={<LiveTable of={['devices', 'trials']} />}
      />
      <PlanPages shown="planQueue" address={{ environment }} />
      {queues.length === 0 ? (
        <EmptyState
          title="Nobody waits for a device"
          icon={IconUsersGroup}
          action={<TextLink href={paths.devices({ environment })}>Devices</TextLink>}
        >
          Who books a trial on the page of a device can join its queue there.
        </EmptyState>
      ) : (
        <Stack gap="md">
          {queues.map(([first, ...others]) => (
            <section key={first.deviceId} aria-label={`Queue for ${first.labTag}`}>
              <Title order={2} size="h4" mb="xs">
                <TextLink href={paths.device(first.deviceId)}>
                  <UserText>{first.labTag}</UserText>
                </TextLink>
              </Title>
              <QueueList entries={[first, ...others]} actor={actor} />
            </section>
          ))}
        </Stack>
      )}
    </>
  )
}

type Queue = [first: QueueEntry, ...others: QueueEntry[]]

/** The entries come by device, each queue in its order. */
function byDevice(entries: readonly QueueEntry[]): Queue[] {
  const queues: Queue[] = []
  for (const entry of entries) {
    const last = queues.at(-1)
    if (last?.[0].deviceId === entry.deviceId) last.push(entry)
    else queues.push([entry])
  }
  return queues
}
