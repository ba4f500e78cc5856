import { Box, Button, Stack } from '@mantine/core'
import { IconServer } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { listOpenAlarmsOfStop } from '@/lib/db/queries/devices/device-alarms'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { listOpenStops } from '@/lib/db/queries/servers/sending-stops'
import { findLatestCheck, findServerSilence } from '@/lib/db/queries/servers/server-checks'
import { listServers } from '@/lib/db/queries/servers/servers'
import { refusalFor } from '@/lib/domain/account/permissions'
import { env } from '@/lib/env'
import { paths } from '@/lib/paths'
import { SendingStopAlert } from './sending-stop'
import { ServerCard } from './server-card'
import { StorageNote } from './storage-note'

export const metadata: Metadata = { title: 'MDM servers' }

export default async function ServersPage() {
  const { actor, db } = await authorize('look')
  const reason = refusalFor(actor, 'manageServers')
  const servers = await Promise.all(
    (await listServers(db)).map(async (server) => {
      const [gaps, check, silence] = await Promise.all([
        listGaps(db, server.id, 1),
        findLatestCheck(db, server.id),
        findServerSilence(db, server.id),
      ])
      return { server, gap: gaps[0], check, silence }
    }),
  )
  const stops = await Promise.all(
    (await listOpenStops(db)).map(async (stop) => ({
      stop,
      waiting: await listOpenAlarmsOfStop(db, stop.id),
    })),
  )
  const add = <AddButton reason={reason} />
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['servers']} />}
        title="MDM servers"
        description="Commands go to the server's API; what devices answer comes back through its webhook."
        action={add}
      />
      {stops.map(({ stop, waiting }) => (
        <Box key={stop.id} mb="md">
          <SendingStopAlert
            stop={stop}
            waiting={waiting}
            refusal={refusalFor(actor, 'clearAlarm')}
          />
        </Box>
      ))}
      {servers.length === 0 ? (
        <EmptyState title="No MDM server yet" icon={IconServer}>
          Without one no device can be queried and no trial released. An admin adds your MDM server
          here with its address and keys, then sets its webhook to the address shown.
        </EmptyState>
      ) : (
        <Stack gap="md">
          {servers.map(({ server, gap, check, silence }) => (
            <ServerCard
              key={server.id}
              server={server}
              gap={gap}
              silence={silence}
              checkedAt={check?.at}
              webhook={`${env().ONEWAY_BASE_URL}${paths.webhook(server.slug)}`}
              refusal={reason}
            />
          ))}
        </Stack>
      )}
      <Box mt="md">
        <StorageNote />
      </Box>
    </>
  )
}

function AddButton({ reason }: { reason: string | undefined }) {
  if (reason)
    return (
      <Button disabled title={reason}>
        Add an MDM server
      </Button>
    )
  return <ButtonLink href={paths.serverNew()}>Add an MDM server</ButtonLink>
}
