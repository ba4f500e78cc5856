import { Alert, Group, Text } from '@mantine/core'
import { IconDeviceIpad, IconQrcode } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { z } from 'zod'
import { isFiltered, queryOf, readDeviceParams } from '@/app/device-query'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { isLoopback } from '@/lib/auth/origins'
import type { Db } from '@/lib/db/client'
import { findDeviceRows } from '@/lib/db/queries/devices/device-facts'
import { countDevices, type DeviceQuery, listDevices } from '@/lib/db/queries/devices/device-list'
import type { Device } from '@/lib/db/queries/devices/devices'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { getLabSettings } from '@/lib/db/queries/settings'
import { type LabelSize, labelSizes, labelSizeWords, labelTexts } from '@/lib/domain/device/label'
import { shownText, uuidForm } from '@/lib/domain/text/typed-text'
import { env } from '@/lib/env'
import { paths } from '@/lib/paths'
import classes from './labels.module.css'
import { PrintButton } from './print-button'
import { QrCode } from './qr-code'

export const metadata: Metadata = { title: 'Labels' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** As many as one print job takes; the list narrows further. */
const maxLabels = 200
/** Labels on an A4 sheet of 70 × 37 mm. */
const onSheet = 24

/** Labels of the selected devices, or of those that the filters of the list find; the code opens the device at the bench. */
export default async function LabelsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const ids = [given.id].flat().flatMap((id) => (id && uuidForm.test(id) ? id : []))
  const size = z.enum(labelSizes).catch('62x29').parse([given.size].flat()[0])
  const params = readDeviceParams(given)
  const asked = await resolveEnvironment(db, given.environment)
  const query = queryOf(params, asked.environment, actor.id)
  const { devices, count } = await readDevices(db, ids, query)
  const [first] = devices
  const environment = first ? (first.simulated ? 'simulated' : 'real') : asked.environment
  const { labName } = await getLabSettings(db)
  const baseUrl = env().ONEWAY_BASE_URL
  const address = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      name === 'id' || name === 'size' ? [] : [[name, [value].flat()[0]]],
    ),
  )
  return (
    <>
      <div data-screen-only>
        <PageHeader
          title="Labels"
          environment={environment}
          description={`The code opens the device at the bench: its trial under way, or its page. It holds the address and nothing else${ids.length > 0 ? '. These are the selected devices' : isFiltered(params) ? '. These are the devices that the filters of the list find' : ''}.`}
          action={devices.length > 0 && <PrintButton />}
        />
        {isLoopback(baseUrl) && (
          <Alert color="orange" variant="outline" mb="sm" icon={<IconQrcode aria-hidden />}>
            The codes lead to {baseUrl}, which only this machine opens. For labels that a phone
            reads, set ONEWAY_BASE_URL to the address that phones use, and print again.
          </Alert>
        )}
        <Group gap="xs" mb="sm" component="nav" aria-label="Label size">
          {labelSizes.map((one) => (
            <ButtonLink
              key={one}
              size="xs"
              variant={one === size ? 'filled' : 'default'}
              href={withIds(paths.deviceLabels({ ...address, size: one }), ids)}
            >
              {labelSizeWords[one]}
            </ButtonLink>
          ))}
          <TextLink href={paths.devices(address)} size="sm">
            Back to the list
          </TextLink>
        </Group>
        {devices.length < count && (
          <Alert color="orange" variant="outline" mb="sm" title="Not all of them">
            These are the first {devices.length} of {count}. For the others{' '}
            {ids.length > 0 ? 'select fewer devices at a time' : 'narrow the list'}.
          </Alert>
        )}
        <Text size="sm" c="dimmed" mb="sm">
          {devices.length === 1 ? 'One label' : `${devices.length} labels`}. Print without scaling
          and without margins.
        </Text>
      </div>
      {devices.length === 0 ? (
        <EmptyState title="No device to label" icon={IconDeviceIpad}>
          Select devices in the list, or filter it.
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
        <section aria-label="Labels" className={classes.frame} data-labels tabIndex={0}>
          <Labels devices={devices} size={size} lab={labName || 'Oneway'} baseUrl={baseUrl} />
        </section>
      )}
    </>
  )
}

/** Addresses that the form of the list makes: an `id` for each device. */
const withIds = (path: string, ids: readonly string[]) =>
  [path, ...ids.map((id) => `id=${encodeURIComponent(id)}`)].join('&')

async function readDevices(db: Db, ids: readonly string[], query: DeviceQuery) {
  const now = new Date()
  const { rows } =
    ids.length > 0 ? { rows: [] } : await listDevices(db, { ...query, limit: maxLabels }, now)
  const wanted = ids.length > 0 ? ids : rows.map(({ id }) => id)
  const found = await findDeviceRows(db, wanted)
  const place = new Map(wanted.map((id, at) => [id, at]))
  const devices = found
    .toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
    .slice(0, maxLabels)
  return { devices, count: ids.length > 0 ? found.length : await countDevices(db, query, now) }
}

type LabelsProps = { devices: readonly Device[]; size: LabelSize; lab: string; baseUrl: string }

function Labels({ devices, size, lab, baseUrl }: LabelsProps) {
  const labels = devices.map((device) => (
    <Label key={device.id} device={device} lab={lab} baseUrl={baseUrl} />
  ))
  if (size !== 'a4')
    return <div className={size === '62x29' ? classes.small : classes.large}>{labels}</div>
  const sheets = Array.from({ length: Math.ceil(labels.length / onSheet) }, (_, at) => at * onSheet)
  return (
    <div className={classes.sheets}>
      {sheets.map((from) => (
        <div key={from} className={classes.sheet}>
          {labels.slice(from, from + onSheet)}
        </div>
      ))}
    </div>
  )
}

function Label({ device, lab, baseUrl }: { device: Device; lab: string; baseUrl: string }) {
  const { title, lines } = labelTexts(device)
  const address = `${baseUrl}${paths.deviceBench(device.id)}`
  return (
    <div className={classes.label}>
      <QrCode
        text={address}
        label={`QR code of ${shownText(title)}: ${address}`}
        className={classes.code}
      />
      <div className={classes.texts}>
        <div className={classes.title}>{shownText(title)}</div>
        {lines.map((line) => (
          <div key={line} className={classes.line}>
            {shownText(line)}
          </div>
        ))}
        <div className={classes.lab}>
          {shownText(lab)}
          {device.simulated && ' · SIMULATED'}
        </div>
      </div>
    </div>
  )
}
