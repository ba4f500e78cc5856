'use client'

import { IconArrowDown, IconArrowUp, IconClockExclamation } from '@tabler/icons-react'
import { type DeviceParams, labelsForm } from '@/app/device-query'
import classes from '@/components/data/data-table.module.css'
import { IconShapes, SmallIcon } from '@/components/data/icon-shapes'
import { Link } from '@/components/data/link'
import { SourceBadge, sourceIcons } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { OverallBadge, overallIcons } from '@/components/device/verdict-badge'
import type { ListedDevice, ListedReading } from '@/lib/db/queries/devices/device-list'
import type { CustomField } from '@/lib/domain/device/custom-field'
import { type DeviceSort, hasBattery } from '@/lib/domain/device/device'
import { endInWords, isHeld } from '@/lib/domain/device/hold'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import type { MaxAges, ReadingField } from '@/lib/domain/reading/reading'
import { paths } from '@/lib/paths'

type Column = { label: string; sort?: DeviceSort }

const columns: Column[] = [
  { label: 'Lab tag', sort: 'labTag' },
  { label: 'Name', sort: 'name' },
  { label: 'Model' },
  { label: 'OS', sort: 'osVersion' },
  { label: 'Battery' },
  { label: 'Verdict', sort: 'verdict' },
  { label: 'Last seen', sort: 'lastSeen' },
  { label: 'Where' },
]

const icons = [...overallIcons, ...sourceIcons, IconClockExclamation]

/** Custom fields that are shown as columns, and their values in words, by device and field. */
export type CustomColumns = {
  fields: readonly Pick<CustomField, 'id' | 'name'>[]
  values: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Who has a device and whom it waits for, by device; one that is in nobody's hands has no entry. */
export type ShownCustody = Readonly<
  Record<
    string,
    {
      holder: { name: string; place: string; since: Date } | undefined
      waitsFor: string | undefined
    }
  >
>

/** What a row needs of a device. */
export type ShownDevice = Omit<ListedDevice, 'serial' | 'retiredAt' | 'osBuild'> & {
  osBuild: string | undefined
}

type Props = {
  rows: ShownDevice[]
  /** The params of the address, for the links of the header. */
  params: DeviceParams & { environment?: string | undefined }
  maxAges: MaxAges
  now: Date
  custom: CustomColumns
  custody: ShownCustody
}

/**
 * The inventory as rows, on a phone as cards. Drawn on the client's side of the border, though it holds
 * no state: what crosses the border is then the rows and not the 200 kB of elements made of them.
 */
export function DeviceTable({ rows, params, maxAges, now, custom, custody }: Props) {
  return (
    <>
      <IconShapes icons={icons} />
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Header key={column.label} column={column} params={params} />
            ))}
            {custom.fields.map(({ id, name }) => (
              <th key={id} scope="col">
                <UserText>{name}</UserText>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((device) => (
            <Row
              key={device.id}
              device={device}
              maxAges={maxAges}
              now={now}
              custom={custom}
              custody={custody[device.id]}
            />
          ))}
        </tbody>
      </table>
    </>
  )
}

function Header({ column, params }: { column: Column; params: Props['params'] }) {
  const { label, sort } = column
  if (!sort) return <th scope="col">{label}</th>
  const sorted = (params.sort ?? 'labTag') === sort
  const rising = (params.dir ?? 'asc') === 'asc'
  const dir = sorted && rising ? 'desc' : 'asc'
  const Shape = rising ? IconArrowUp : IconArrowDown
  return (
    <th scope="col" aria-sort={sorted ? (rising ? 'ascending' : 'descending') : undefined}>
      <Link
        href={paths.devices({ ...params, sort, dir, cursor: null })}
        className={classes.sort}
        scroll={false}
        prefetch={false}
      >
        {label}
        {sorted && <Shape size={14} aria-hidden />}
      </Link>
    </th>
  )
}

type RowProps = { device: ShownDevice; maxAges: MaxAges; now: Date }

type WholeRowProps = RowProps &
  Pick<Props, 'custom'> & { custody: ShownCustody[string] | undefined }

function Row({ device, maxAges, now, custom, custody }: WholeRowProps) {
  const { labTag, name, modelName, modelIdentifier, platform, lastSeenAt, location, holder } =
    device
  return (
    <tr>
      <td data-label="Lab tag">
        <div className={classes.tag}>
          <input
            type="checkbox"
            name="id"
            value={device.id}
            form={labelsForm}
            aria-label={`Select ${labTag ?? name} for a label`}
            className={classes.select}
          />
          {labTag === null ? (
            <Link href={paths.deviceEdit(device.id)} className={classes.name} prefetch={false}>
              give it a lab tag
            </Link>
          ) : (
            <UserText>{labTag}</UserText>
          )}
        </div>
      </td>
      <td data-label="Name">
        <div className={classes.called}>
          <Link href={paths.device(device.id)} className={classes.name} prefetch={false}>
            <UserText>{name}</UserText>
          </Link>
        </div>
      </td>
      <td data-label="Model">
        <div>
          <UserText>{modelName ?? modelIdentifier ?? 'not known'}</UserText>
          <div className={classes.dim}>
            {platform}
            {modelName && modelIdentifier && ` · ${modelIdentifier}`}
          </div>
        </div>
      </td>
      <td data-label="OS">
        <Os device={device} maxAges={maxAges} now={now} />
      </td>
      <td data-label="Battery">
        <Battery device={device} maxAges={maxAges} now={now} />
      </td>
      <td data-label="Verdict">
        <div>
          <OverallBadge overall={device.verdict} drawn />
          {device.verdict !== 'qualified' && (
            <div className={classes.reason}>
              <UserText>{device.reason}</UserText>
            </div>
          )}
          {isHeld(device, now) && (
            <div className={classes.dim}>Reserved {endInWords(device.holdUntil)}</div>
          )}
        </div>
      </td>
      <td data-label="Last seen">
        <div className={classes.nowrap}>
          {lastSeenAt ? <When at={lastSeenAt} /> : <span className={classes.dim}>never</span>}
        </div>
      </td>
      <td data-label="Where">
        <div className={classes.where}>
          <UserText>{custody?.holder?.place ?? location}</UserText>
          {(custody?.holder || holder) && (
            <div className={classes.dim}>
              with <UserText>{custody?.holder?.name ?? holder}</UserText>
              {custody?.holder && (
                <>
                  {' '}
                  since <When at={custody.holder.since} />
                </>
              )}
            </div>
          )}
          {custody?.waitsFor && (
            <div className={classes.dim}>
              waits for <UserText>{custody.waitsFor}</UserText>
            </div>
          )}
        </div>
      </td>
      {custom.fields.map(({ id, name }) => (
        <td key={id} data-label={name}>
          <UserText>{custom.values[device.id]?.[id] ?? ''}</UserText>
        </td>
      ))}
    </tr>
  )
}

function Os({ device, maxAges, now }: RowProps) {
  const { osVersion, osBuild } = device
  if (!osVersion) return <div className={classes.dim}>never read</div>
  return (
    <div>
      <span className={classes.nowrap}>
        <UserText>{osVersion.value ?? 'unknown'}</UserText>
        {osBuild && (
          <span className={classes.dim}>
            {' '}
            <UserText>{osBuild}</UserText>
          </span>
        )}
      </span>
      <Provenance
        reading={osVersion}
        field="osVersion"
        maxAges={maxAges}
        now={now}
        simulated={device.simulated && osVersion.source === 'simulated'}
      />
    </div>
  )
}

function Battery({ device: { battery, platform, simulated }, maxAges, now }: RowProps) {
  if (!hasBattery(platform)) return <div className={classes.dim}>not applicable</div>
  if (!battery) return <div className={classes.dim}>never read</div>
  return (
    <div>
      {battery.value === undefined ? 'unknown' : describeReading('batteryLevel', battery.value)}
      <Provenance
        reading={battery}
        field="batteryLevel"
        maxAges={maxAges}
        now={now}
        simulated={simulated && battery.source === 'simulated'}
      />
    </div>
  )
}

type ProvenanceProps = {
  reading: ListedReading<unknown>
  field: ReadingField
  maxAges: MaxAges
  now: Date
  /** The band over the list has said it for every row. */
  simulated: boolean
}

/** Age and source of a reading, and whether it still counts. */
function Provenance({ reading, field, maxAges, now, simulated }: ProvenanceProps) {
  const { source, answeredAt } = reading
  const stale = answeredAt.getTime() + maxAges[field] * 60_000 <= now.getTime()
  return (
    <div className={classes.dim}>
      <span className={classes.nowrap}>
        <When at={answeredAt} />
      </span>{' '}
      {!simulated && <SourceBadge source={source} drawn />}
      {stale && (
        <span
          className={classes.nowrap}
          title={`Older than ${maxAges[field]} minutes, so it counts as unknown`}
        >
          {' '}
          <SmallIcon icon={IconClockExclamation} drawn /> stale
        </span>
      )}
    </div>
  )
}
