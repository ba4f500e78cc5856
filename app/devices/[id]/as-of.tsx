import { Grid, GridCol, Stack, Text, Title } from '@mantine/core'
import { Card } from '@/components/data/card'
import { PageHeader } from '@/components/data/page-header'
import { PastPage } from '@/components/data/past-page'
import { ReadingsTable } from '@/components/data/readings-table'
import { UserText } from '@/components/data/text'
import { StoredVerdict } from '@/components/device/stored-verdict'
import { enter } from '@/lib/auth/door'
import { type DeviceThen, lookBackAtDevice } from '@/lib/core/record/look-back'
import type { Device } from '@/lib/db/queries/devices/devices'
import { paths } from '@/lib/paths'
import { Commands } from './commands'
import { Identity } from './identity'
import { Losses } from './losses'
import { Standing } from './standing'
import { Trials } from './trials'

/** The device as it was at an instant: the same record, read of that moment, and nothing to press. */
export async function DeviceAsOf({ device, asOf }: { device: Device; asOf: string }) {
  const { actor, db } = await enter('look')
  const now = new Date()
  const found = await lookBackAtDevice(db, actor, { id: device.id, asOf }, now)
  const hrefAt = (instant?: string) => paths.device(device.id, { asOf: instant })
  const environment = device.simulated ? 'simulated' : 'real'
  const title = <UserText>{device.labTag ?? device.name}</UserText>
  return (
    <PastPage
      {...{ found, environment, hrefAt, now }}
      title={title}
      what={device.labTag ?? device.name}
      limits={
        <Text size="sm">
          The qualification beside a device is judged at each look and not kept: what stood here is
          not known. Shown is the last verdict that was stored for a trial on it.
        </Text>
      }
    >
      {(then, at) => <Record then={then} at={at} />}
    </PastPage>
  )
}

function Record({ then, at }: { then: DeviceThen; at: Date }) {
  const { device, state, commands, unasked, trials, settings, server, verdict, losses } = then
  const { labTag, name, platform, modelName, modelIdentifier } = device
  return (
    <>
      <PageHeader
        title={<UserText>{labTag ?? name}</UserText>}
        environment={device.simulated ? 'simulated' : 'real'}
        description={
          <>
            <UserText>{name}</UserText> · {platform} ·{' '}
            <UserText>{modelName ?? modelIdentifier ?? 'model not known'}</UserText>
          </>
        }
      />
      <Stack gap="lg">
        <Standing device={device} />
        <Losses losses={losses} />
        <Grid gap="lg">
          <GridCol span={{ base: 12, lg: 6 }}>
            <Stack gap="lg">
              <section aria-label="Readings">
                <Title order={2} size="h4" mb="xs">
                  Readings
                </Title>
                <ReadingsTable
                  state={state}
                  platform={platform}
                  maxAges={settings.maxAges}
                  now={at}
                  historyOf={(field) => paths.deviceReadings(device.id, field)}
                />
              </section>
              <Identity device={device} server={server} />
            </Stack>
          </GridCol>
          <GridCol span={{ base: 12, lg: 6 }}>
            <Stack gap="lg">
              <Commands commands={commands} unasked={unasked} />
              {verdict && (
                <Card title="Last stored verdict">
                  <StoredVerdict verdict={verdict} />
                </Card>
              )}
              <Trials trials={trials} asOf={at.toISOString()} />
            </Stack>
          </GridCol>
        </Grid>
      </Stack>
    </>
  )
}
