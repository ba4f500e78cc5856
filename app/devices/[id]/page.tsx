import { Grid, GridCol, Group, Stack, Text, Title } from '@mantine/core'
import type { Metadata } from 'next'
import { DeviceAlarms } from '@/app/device-alarms'
import { Card } from '@/components/data/card'
import { ButtonLink, TextLink, TrailLink } from '@/components/data/links'
import { ReadingsTable } from '@/components/data/readings-table'
import { RecordPage } from '@/components/data/record-page'
import { UserText } from '@/components/data/text'
import { ClockTimes, When } from '@/components/data/when'
import { Findings, StoredVerdict } from '@/components/device/findings'
import { OverallBadge } from '@/components/device/verdict-badge'
import { authorize } from '@/lib/auth/guard'
import { type DeviceRecord, readDevice } from '@/lib/core/record/read-record'
import type { UsbPrint } from '@/lib/db/queries/devices/device-imports'
import type { Device } from '@/lib/db/queries/devices/devices'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { usbRemarks } from '@/lib/domain/reading/usb-reading'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { declarationPlaceOf } from '@/lib/mdm/server-kinds'
import { paths } from '@/lib/paths'
import { DeviceEvents, Losses, Trials } from './activity'
import { Bookings } from './bookings'
import { Commands } from './commands'
import { Custody } from './custody'
import { CustomFields } from './custom-fields'
import { Declarations } from './declarations'
import { deviceOr404 } from './device'
import { TypeReadings } from './enter-readings'
import { Header } from './header'
import { HeldDeclarations } from './held-declarations'
import { Identity, Standing } from './identity'
import { type Current, readCurrent } from './read-current'
import { UsbReadings } from './usb-readings'

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<{ asOf?: string | string[] | undefined }>
}

export async function generateMetadata({ params }: Pick<Props, 'params'>): Promise<Metadata> {
  const device = await deviceOr404((await params).id)
  return { title: device.labTag ?? device.name }
}

/** A device now, or its history at a past instant, where nothing can be changed. */
export default async function DevicePage({ params, searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const device = await deviceOr404((await params).id)
  const asOf = (await searchParams).asOf?.toString()
  const now = new Date()
  const [found, current] = await Promise.all([
    readDevice(db, actor, { id: device.id, asOf }, now),
    asOf === undefined ? readCurrent(db, actor, device, now) : undefined,
  ])
  const name = device.labTag ?? device.name
  return (
    <RecordPage
      found={found}
      title={<UserText>{name}</UserText>}
      what={name}
      environment={device.simulated ? 'simulated' : 'real'}
      hrefAt={(instant) => paths.device(device.id, { asOf: instant })}
      now={now}
      limits={
        <Text size="sm">
          The qualification of a device is judged whenever it is looked at, and not kept: what stood
          here is not known. Shown is the last verdict stored for a trial on it.
        </Text>
      }
    >
      {(record, at) => <DeviceRecordView record={record} at={at} current={current} />}
    </RecordPage>
  )
}

type ViewProps = { record: DeviceRecord; at: Date; current: Current | undefined }

function DeviceRecordView({ record, at, current }: ViewProps) {
  const { device, state, settings, known, server, verdict, losses } = record
  return (
    <>
      <Header device={device} commands={record.commands} current={current} />
      <Stack gap="lg">
        <Standing device={device} at={at} />
        {current && (
          <DeviceAlarms
            alarms={current.alarms}
            mayNotClear={refusalFor(current.actor, 'clearAlarm')}
          />
        )}
        <Losses losses={losses} />
        <Grid gap="lg">
          <GridCol span={{ base: 12, lg: 6 }}>
            <Stack gap="lg">
              {current ? (
                <>
                  <Verdict qualification={current.qualification} deviceId={device.id} />
                  <DeviceCustody record={record} current={current} />
                  <DeviceBookings record={record} at={at} current={current} />
                  <ClockTimes>
                    <Declarations {...record} />
                    <KeptDeclarations record={record} actor={current.actor} />
                    <Activity record={record} />
                    <DeviceEvents deviceId={device.id} />
                  </ClockTimes>
                  <div data-screen-only>
                    <TrailLink actor={current.actor} about={{ device: device.id }}>
                      Audit trail
                    </TrailLink>
                  </div>
                </>
              ) : (
                <>
                  <DeviceCustody record={record} />
                  {verdict && (
                    <Card title="Last stored verdict">
                      <StoredVerdict verdict={verdict} />
                    </Card>
                  )}
                  <DeviceBookings record={record} at={at} />
                  <Declarations {...record} />
                  <Activity record={record} asOf={at.toISOString()} />
                </>
              )}
            </Stack>
          </GridCol>
          <GridCol span={{ base: 12, lg: 6 }}>
            <Stack gap="lg">
              <section aria-label="Readings">
                <Group justify="space-between" mb="xs">
                  <Title order={2} size="h4">
                    Readings
                  </Title>
                  {current && (
                    <Group gap="xs">
                      <UsbReadings
                        deviceId={device.id}
                        reason={whyNotType(current.actor, device)}
                      />
                      <TypeReadings
                        deviceId={device.id}
                        platform={device.platform}
                        reason={whyNotType(current.actor, device)}
                      />
                    </Group>
                  )}
                </Group>
                <ReadingsTable
                  state={state}
                  platform={device.platform}
                  maxAges={settings.maxAges}
                  known={known}
                  now={at}
                  historyOf={(field) => paths.deviceReadings(device.id, field)}
                />
                {current?.usb && <LastUsbPrint print={current.usb} />}
              </section>
              <CustomFields
                fields={record.fields}
                history={record.fieldHistory}
                current={
                  current && {
                    deviceId: device.id,
                    mayNot: whyNotEdit(current.actor, device),
                  }
                }
              />
              <Identity device={device} server={server} />
            </Stack>
          </GridCol>
        </Grid>
      </Stack>
    </>
  )
}

/** A button that reads what the device is to have, where its MDM server has declarations. */
function KeptDeclarations({ record, actor }: { record: DeviceRecord; actor: Actor }) {
  const { device, server } = record
  if (!server || device.enrollmentId === null) return null
  const name = declarationPlaceOf(server)
  if (name === undefined) return null
  return (
    <HeldDeclarations deviceId={device.id} name={name} refusal={refusalFor(actor, 'askDevice')} />
  )
}

/** What the last print over USB showed that no reading holds. */
function LastUsbPrint({ print: { facts, answeredAt, byName } }: { print: UsbPrint }) {
  const shown = usbRemarks(facts)
  if (shown.length === 0) return null
  return (
    <Text size="sm" c="dimmed" mt="xs">
      Last read over USB <When at={answeredAt} />, given by <UserText>{byName}</UserText>.{' '}
      {shown.join(' ')}
    </Text>
  )
}

const Activity = ({ record, asOf }: { record: DeviceRecord; asOf?: string }) => (
  <>
    <Commands commands={record.commands} unasked={record.unasked} />
    <Trials trials={record.trials} asOf={asOf} />
  </>
)

const DeviceCustody = ({ record, current }: { record: DeviceRecord; current?: Current }) => (
  <Custody
    deviceId={record.device.id}
    retired={record.device.retiredAt !== null}
    location={record.device.location}
    custodies={record.custodies}
    handOvers={record.handOvers}
    current={current}
  />
)

type DeviceBookingsProps = Omit<ViewProps, 'current'> & { current?: Current }

const DeviceBookings = ({ record, at, current }: DeviceBookingsProps) => (
  <Bookings
    deviceId={record.device.id}
    retired={record.device.retiredAt !== null}
    bookings={record.bookings}
    timeZone={record.settings.timeZone}
    at={at}
    actor={current?.actor}
    calendar={current?.weeks}
  />
)

const whyNotEdit = (actor: Actor, device: Device) =>
  refusalFor(actor, 'editDevice') ?? (device.retiredAt ? 'The device is retired.' : undefined)

const whyNotType = (actor: Actor, device: Device) =>
  refusalFor(actor, 'typeReading') ?? (device.retiredAt ? 'The device is retired.' : undefined)

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
          command by rule set{' '}
          <TextLink href={paths.knownIssues()} size="sm">
            {ruleSetVersion}
          </TextLink>
        </Text>
      </Group>
      <Findings qualification={qualification} />
    </section>
  )
}
