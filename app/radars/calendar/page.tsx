import { Anchor, Group, Text } from '@mantine/core'
import { IconCalendarCheck } from '@tabler/icons-react'
import type { Metadata } from 'next'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listVerificationPlans, type PlannedRadar } from '@/lib/db/queries/planning/verification'
import { refusalFor } from '@/lib/domain/account/permissions'
import type { WayThere } from '@/lib/domain/planning/verification-calendar'
import {
  suggestedReservation,
  verifiableInWords,
  wayInWords,
} from '@/lib/domain/planning/verification-words'
import { paths } from '@/lib/paths'
import { RadarStatus } from '../radar-status'
import { ReserveButton, Reserving } from './reserve-button'

export const metadata: Metadata = { title: 'Verification calendar' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** For each open radar: from when its fix can be checked, and which devices to keep for that. */
export default async function VerificationCalendarPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const now = new Date()
  const today = now.toISOString().slice(0, 10)
  const rows = await listVerificationPlans(db, environment, now)
  return (
    <Reserving>
      <PageHeader
        marks={<LiveTable of={['radars', 'releases', 'devices']} />}
        title="Verification calendar"
        environment={environment}
        environmentReason={reason}
        description="A fix can be checked by a device that starts at the claimed version or later, once a newer version is offered to it. Dates are from the catalogue, estimates from its gaps between releases; days are in UTC."
        action={
          <Group gap="md">
            <Anchor href={paths.radarCalendarFile({ environment })} size="sm">
              Calendar file (.ics)
            </Anchor>
            <TextLink href={paths.apiKeys()} size="sm">
              Subscribe by a key
            </TextLink>
          </Group>
        }
      />
      {rows.length === 0 ? (
        <EmptyState
          title="No open radars"
          icon={IconCalendarCheck}
          action={<TextLink href={paths.radars({ environment })}>Go to the radars</TextLink>}
        >
          A radar is listed here from its filing until it is verified as fixed or closed as a
          duplicate.
        </EmptyState>
      ) : (
        <table className={classes.table}>
          <TableHead labels={['Radar', 'Seen from, fix claimed in', 'Can be checked', 'Devices']} />
          <tbody>
            {rows.map((row) => (
              <Row
                key={row.radar.id}
                row={row}
                today={today}
                refusal={refusalFor(actor, 'holdDevice')}
              />
            ))}
          </tbody>
        </table>
      )}
    </Reserving>
  )
}

type RowProps = {
  row: PlannedRadar
  today: string
  /** Why this person may not reserve a device. */
  refusal: string | undefined
}

function Row({ row: { radar, plan }, today, refusal }: RowProps) {
  const { id, number, title, state, platform, startVersion, claimedFix } = radar
  const suggested = suggestedReservation(radar, plan.verifiable, today)
  return (
    <tr>
      <td data-label="Radar">
        <div>
          <TextLink href={paths.radar(id)} className={classes.name}>
            R-{number}
          </TextLink>{' '}
          <UserText>{title}</UserText>
          <div>
            <RadarStatus state={state} />
          </div>
        </div>
      </td>
      <td data-label="Seen from, fix claimed in">
        <div>
          {platform} {startVersion ?? ''}
          <div className={classes.dim}>
            {claimedFix ? `fix claimed in ${claimedFix}` : 'no fix claimed'}
          </div>
        </div>
      </td>
      <td data-label="Can be checked">{verifiableInWords(plan.verifiable, today)}</td>
      <td data-label="Devices">
        <Devices
          ways={plan.devices}
          claimed={claimedFix !== null}
          reserve={(way) => (
            <ReserveButton
              asked={{ radarId: id, deviceId: way.device, labTag: way.labTag, suggested }}
              reason={refusal}
            />
          )}
        />
      </td>
    </tr>
  )
}

/** More than a person compares; the others are on the list of devices. */
const maxWays = 8

type DevicesProps = {
  ways: WayThere[]
  claimed: boolean
  reserve: (way: WayThere) => React.ReactNode
}

function Devices({ ways, claimed, reserve }: DevicesProps) {
  if (!claimed) return <span className={classes.dim}>none before a fix is claimed</span>
  if (ways.length === 0) return <span>no unused device can be there</span>
  return (
    <div>
      {ways.slice(0, maxWays).map((way) => (
        <div key={way.device}>
          <TextLink href={paths.device(way.device)} size="sm">
            <UserText>{way.labTag}</UserText>
          </TextLink>{' '}
          <span>{wayInWords(way)}</span>{' '}
          {way.suggestReservation ? reserve(way) : <span className={classes.dim}>reserved</span>}
        </div>
      ))}
      {ways.length > maxWays && <Text size="xs">and {ways.length - maxWays} more</Text>}
    </div>
  )
}
