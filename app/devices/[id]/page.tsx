import { Grid, GridCol, Group, Stack, Text, Title } from '@mantine/core'
import type { Metadata } from 'next'
import { DeviceAlarms } from '@/app/device-alarms'
import { ChooseInstant } from '@/components/data/as-of'
import { ButtonLink, TextLink } from '@/components/data/links'
import { Live } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { ReadingsTable } from '@/components/data/readings-table'
import { UserText } from '@/components/data/text'
import { TrailLink } from '@/components/data/trail-link'
import { ClockTimes, When } from '@/components/data/when'
import { Findings } from '@/components/device/findings'
import { OverallBadge } from '@/components/device/verdict-badge'
import { enter } from '@/lib/auth/door'
import { lookAtDevice } from '@/lib/core/trials/assess'
import { listAlarms } from '@/lib/db/queries/devices/device-alarms'
import type { Device } from '@/lib/db/queries/devices/devices'
import { listLostStarts } from '@/lib/db/queries/devices/lost-starts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import { getLabSettings } from '@/lib/db/queries/settings'
import { listCommandsOfDevice, listUnaskedNotes } from '@/lib/db/queries/trials/commands'
import { listTrialsOfDevice } from '@/lib/db/queries/trials/trials'
import { type Actor, refusalFor } from '@/lib/domain/account/actor'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { paths } from '@/lib/paths'
import { DeviceAsOf } from './as-of'
import { AskButton } from './ask-button'
import { Commands } from './commands'
import { deviceOr404 } from './device'
import { DeviceEvents } from './events'
import { Identity } from './identity'
import { Losses } from './losses'
import { DeviceMenu } from './menu'
import { openCommandOf } from './open-command'
import { Standing } from './standing'
import { Trials } from './trials'
import { TypeReadings } from './type-readings'

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<{ asOf?: string | string[] | undefined }>
}

export async function generateMetadata({ params }: Pick<Props, 'params'>): Promise<Metadata> {
  const device = await deviceOr404((await params).id)
  return { title: device.labTag ?? device.name }
}

export default async function DevicePage({ params, searchParams }: Props) {
  const { actor, db } = await enter('look')
  const device = await deviceOr404((await params).id)
  const { asOf } = await searchParams
  if (asOf !== undefined) return <DeviceAsOf device={device} asOf={String(asOf)} />
  const now = new Date()
  const [state, commands, trials, settings, server, qualification, losses, alarms] =
    await Promise.all([
      currentState(db, device.id),
      listCommandsOfDevice(db, device.id),
      listTrialsOfDevice(db, device.id),
      getLabSettings(db),
      device.mdmServerId ? findShownServer(db, device.mdmServerId) : undefined,
      lookAtDevice(db, actor, device, now),
      listLostStarts(db, device.id),
      listAlarms(db, device.id),
    ])
  const unasked = await listUnaskedNotes(
    db,
    commands.map(({ commandUuid }) => commandUuid),
  )
  const historyOf = (field: string) => paths.deviceReadings(device.id, field)
  return (
    <>
      <Header
        device={device}
        actor={actor}
        qualification={qualification}
        openCommand={openCommandOf(commands)}
      />
      <Stack gap="lg">
        <Standing device={device} />
        <DeviceAlarms alarms={alarms} mayNotClear={refusalFor(actor, 'clearAlarm')} />
        <Losses losses={losses} />
        <Grid gap="lg">
          <GridCol span={{ base: 12, lg: 6 }} order={{ base: 2, lg: 1 }}>
            <Stack gap="lg">
              <section aria-label="Readings">
                <Group justify="space-between" mb="xs">
                  <Title order={2} size="h4">
                    Readings
                  </Title>
                  <TypeReadings
                    deviceId={device.id}
                    platform={device.platform}
                    because={whyNotType(actor, device)}
                  />
                </Group>
                <ReadingsTable
                  state={state}
                  platform={device.platform}
                  maxAges={settings.maxAges}
                  now={now}
                  historyOf={historyOf}
                />
              </section>
              <Identity device={device} server={server} />
            </Stack>
          </GridCol>
          <GridCol span={{ base: 12, lg: 6 }} order={{ base: 1, lg: 2 }}>
            <Stack gap="lg">
              <Verdict qualification={qualification} deviceId={device.id} />
              <ClockTimes>
                <Commands commands={commands} unasked={unasked} />
                <Trials trials={trials} />
                <DeviceEvents deviceId={device.id} />
              </ClockTimes>
              <div data-screen-only>
                <TrailLink actor={actor} about={{ device: device.id }}>
                  Audit trail
                </TrailLink>
              </div>
            </Stack>
          </GridCol>
        </Grid>
        <ChooseInstant hrefAt={(asOf) => paths.device(device.id, { asOf })} now={now} />
      </Stack>
    </>
  )
}

const whyNotType = (actor: Actor, device: Device) =>
  refusalFor(actor, 'typeReading') ?? (device.retiredAt ? 'The device is retired.' : undefined)

type HeaderProps = {
  device: Device
  actor: Actor
  qualification: Qualification
  openCommand: string | undefined
}

function Header({ device, actor, qualification, openCommand }: HeaderProps) {
  const { id, labTag, name, platform, modelName, modelIdentifier, lastSeenAt } = device
  return (
    <PageHeader
      title={<UserText>{labTag ?? name}</UserText>}
      environment={device.simulated ? 'simulated' : 'real'}
      marks={
        <>
          <OverallBadge overall={qualification.overall} />
          <Live deviceId={id} />
        </>
      }
      description={
        <>
          {labTag && (
            <>
              <UserText>{name}</UserText>
              {' · '}
            </>
          )}
          {platform} · <UserText>{modelName ?? modelIdentifier ?? 'model not known'}</UserText> ·{' '}
          {lastSeenAt ? (
            <>
              last seen <When at={lastSeenAt} />
            </>
          ) : (
            'never seen by the MDM server'
          )}
          {labTag === null && (
            <>
              {' · '}
              <TextLink href={paths.deviceEdit(id)}>give it a lab tag</TextLink>
            </>
          )}
        </>
      }
      action={
        <Group gap="xs">
          <AskButton deviceId={id} because={whyNotAsk(actor, device)} openCommand={openCommand} />
          <ButtonLink href={paths.deviceEdit(id)} variant="default">
            Edit
          </ButtonLink>
          <DeviceMenu
            deviceId={id}
            held={device.heldBecause !== null}
            retired={device.retiredAt !== null}
            because={{
              hold: refusalFor(actor, 'holdDevice'),
              retire: refusalFor(actor, 'retireDevice'),
            }}
          />
        </Group>
      }
    />
  )
}

function whyNotAsk(actor: Actor, device: Device): string | undefined {
  if (device.retiredAt) return 'The device is retired.'
  if (device.mdmServerId === null) return 'It belongs to no MDM server: choose one under Edit.'
  if (device.enrollmentId === null) return 'It has no enrollment ID: write it under Edit.'
  return refusalFor(actor, 'askDevice')
}

function Verdict({ qualification, deviceId }: { qualification: Qualification; deviceId: string }) {
  const { findings, overall, ruleSetVersion } = qualification
  const blocking = findings.filter(({ warnOnly }) => !warnOnly)
  const count = (verdict: string) => blocking.filter((one) => one.verdict === verdict).length
  return (
    <section aria-label="Qualification">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Qualification
        </Title>
        <ButtonLink href={paths.trialNew({ deviceId })} variant="default" size="xs">
          Plan a trial
        </ButtonLink>
      </Group>
      <Group gap="xs" mb="xs">
        <OverallBadge overall={overall} />
        <Text size="sm" c="dimmed">
          {count('fail')} fail, {count('unknown')} unknown, {count('pass')} pass · for a plain
          command by rule set {ruleSetVersion}
        </Text>
      </Group>
      <Findings qualification={qualification} />
    </section>
  )
}
