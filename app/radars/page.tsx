import { Button, Group, Text } from '@mantine/core'
import { IconBug } from '@tabler/icons-react'
import type { Metadata } from 'next'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { OtherLabsNote } from '@/components/data/other-labs-note'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listRadars, maxRadars } from '@/lib/db/queries/radars/radars'
import { refusalFor } from '@/lib/domain/account/permissions'
import { paths } from '@/lib/paths'
import { RadarStatus } from './radar-status'
import { readSeenElsewhere } from './seen-elsewhere'

export const metadata: Metadata = { title: 'Radars' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** The bug reports to Apple, and where each stands. */
export default async function RadarsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const rows = await listRadars(db, environment)
  const seen = await readSeenElsewhere(
    db,
    environment,
    rows.map(({ radar }) => radar),
  )
  const mayNot = refusalFor(actor, 'writeRadar')
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['radars']} />}
        title="Radars"
        environment={environment}
        environmentReason={reason}
        description="Bug reports to Apple, from the draft until a trial shows that the fix is there. A radar is written from a contradiction or a trial."
        action={
          <Group gap="sm">
            <TextLink href={paths.radarCalendar({ environment })} size="sm">
              Verification calendar
            </TextLink>
            {mayNot ? (
              <Button variant="default" disabled title={mayNot}>
                Write one without a trial
              </Button>
            ) : (
              <ButtonLink variant="default" href={paths.radarNew({ environment })}>
                Write one without a trial
              </ButtonLink>
            )}
          </Group>
        }
      />
      {rows.length === 0 ? (
        <EmptyState
          title="No radars so far"
          icon={IconBug}
          action={
            <TextLink href={paths.contradictions({ environment })}>
              Go to the contradictions
            </TextLink>
          }
        >
          “Write a radar” beside a contradiction, or on the page of a trial, writes one from the
          record.
        </EmptyState>
      ) : (
        <RadarTable rows={rows} seen={seen} />
      )}
    </>
  )
}

type Rows = Awaited<ReturnType<typeof listRadars>>

type Seen = ReadonlyMap<string, string>

const RadarTable = ({ rows, seen }: { rows: Rows; seen: Seen }) => (
  <>
    {rows.length === maxRadars && <Text size="sm">These are the newest {maxRadars}.</Text>}
    <table className={classes.table}>
      <TableHead labels={['Radar', 'State', 'About', 'Number', 'Written from']} />
      <tbody>
        {rows.map((row) => (
          <Row key={row.radar.id} row={row} seen={seen.get(row.radar.id)} />
        ))}
      </tbody>
    </table>
  </>
)

type RowProps = { row: Rows[number]; seen: string | undefined }

function Row({ row: { radar, trialNumber }, seen }: RowProps) {
  const { id, number, title, state, platform, startVersion, claimedFix, duplicateOf } = radar
  return (
    <tr>
      <td data-label="Radar">
        <div>
          <TextLink href={paths.radar(id)} className={classes.name}>
            R-{number}
          </TextLink>{' '}
          <UserText>{title}</UserText>
        </div>
      </td>
      <td data-label="State">
        <div>
          <RadarStatus state={state} />
          {radar.changedAt && (
            <div className={classes.dim}>
              <When at={radar.changedAt} />
            </div>
          )}
        </div>
      </td>
      <td data-label="About">
        <div>
          {platform} {startVersion ?? ''}
          {claimedFix && <div className={classes.dim}>fix claimed in {claimedFix}</div>}
          {duplicateOf && <div className={classes.dim}>duplicate of {duplicateOf}</div>}
          {seen && <OtherLabsNote>{seen}</OtherLabsNote>}
        </div>
      </td>
      <td data-label="Number">{radar.filedNumber ?? 'not filed'}</td>
      <td data-label="Written from">
        {radar.trialId ? (
          <TextLink href={paths.trial(radar.trialId)}>T-{trialNumber}</TextLink>
        ) : radar.contradictionId ? (
          'a query'
        ) : (
          'no trial'
        )}
      </td>
    </tr>
  )
}
