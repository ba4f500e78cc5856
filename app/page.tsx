import { Grid, GridCol, Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { readHome } from '@/lib/core/home/list-waiting'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { FreeDevices } from './home/free-devices'
import { LiveTrials } from './home/live-trials'
import { WaitingCard } from './home/waiting-card'

export const metadata: Metadata = { title: 'Home' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** What waits for the person who looks, what is under way, and what could be used. */
export default async function HomePage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const now = new Date()
  const { waiting, live, liveCounts, versions } = await readHome(db, actor, environment, now)
  return (
    <>
      <PageHeader
        title="Home"
        environment={environment}
        environmentReason={reason}
        marks={<LiveTable of={['trials', 'devices', 'contradictions', 'servers']} />}
      />
      <Grid gap="md">
        <GridCol span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <WaitingCard items={waiting} environment={environment} />
            <LiveTrials rows={live} counts={liveCounts} environment={environment} now={now} />
          </Stack>
        </GridCol>
        <GridCol span={{ base: 12, lg: 4 }}>
          <FreeDevices rows={versions} environment={environment} />
        </GridCol>
      </Grid>
    </>
  )
}
