import { Text } from '@mantine/core'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { SourceBadge } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { type HistoryRow, readingHistory } from '@/lib/db/queries/devices/readings'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import { type ReadingField, readingFieldNames, readingFields } from '@/lib/domain/reading/reading'
import { paths } from '@/lib/paths'
import { deviceOr404 } from '../../device'

type Props = {
  params: Promise<{ id: string; field: string }>
  searchParams: Promise<{ after?: string | string[] }>
}

const fieldOr404 = (name: string): ReadingField =>
  readingFieldNames.find((field) => field === name) ?? notFound()

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `History of ${readingFields[fieldOr404((await params).field)].label}` }
}

export default async function ReadingHistoryPage({ params, searchParams }: Props) {
  const { db } = await authorize('look')
  const { id, field: name } = await params
  const field = fieldOr404(name)
  const device = await deviceOr404(id)
  const { after } = await searchParams
  const { rows, next } = await readingHistory(db, device.id, field, { after: placeOf(after) })
  const { label, unit, mdmKey } = readingFields[field]
  return (
    <>
      <PageHeader
        title={`${label}: history`}
        environment={device.simulated ? 'simulated' : 'real'}
        description={
          <>
            <TextLink href={paths.device(device.id)}>
              <UserText>{device.labTag ?? device.name}</UserText>
            </TextLink>
            {' · '}
            {mdmKey
              ? `reported by MDM as ${mdmKey}`
              : 'no MDM key reports it, so a person enters it'}
            {unit && ` · ${unit}`}
          </>
        }
      />
      {rows.length === 0 ? (
        <EmptyState title="Never read">
          It has not been queried or entered for this device.
        </EmptyState>
      ) : (
        <Rows rows={rows} field={field} />
      )}
      {next !== undefined && (
        <ButtonLink
          href={paths.deviceReadings(device.id, field, { after: next })}
          variant="default"
          size="xs"
          mt="sm"
        >
          Older readings
        </ButtonLink>
      )}
    </>
  )
}

const placeOf = (after: string | string[] | undefined) =>
  typeof after === 'string' && /^\d{1,15}$/.test(after) ? Number(after) : undefined

const Rows = ({ rows, field }: { rows: HistoryRow[]; field: ReadingField }) => (
  <table className={classes.table}>
    <thead>
      <tr>
        <th scope="col">Value</th>
        <th scope="col">Answered</th>
        <th scope="col">Asked</th>
        <th scope="col">Source</th>
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr key={row.id}>
          <td data-label="Value">
            <div>
              <Value row={row} field={field} />
            </div>
          </td>
          <td data-label="Answered">
            <div>
              <When at={row.answeredAt} exact />
              <div className={classes.dim}>
                <When at={row.answeredAt} />
              </div>
            </div>
          </td>
          <td data-label="Asked">
            {row.askedAt ? (
              <div>
                <When at={row.askedAt} exact />
              </div>
            ) : (
              <div className={classes.dim}>not queried by Oneway</div>
            )}
          </td>
          <td data-label="Source">
            <div>
              <SourceBadge source={row.source} by={row.byName} />
            </div>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

function Value({ row, field }: { row: HistoryRow; field: ReadingField }) {
  if (row.value === null)
    return (
      <Text span size="sm">
        unknown: {row.unknownReason ?? 'it was not reported'}
      </Text>
    )
  return (
    <Text span size="sm" fw={500}>
      {/* The row is one of this very field, which the union of all values cannot say. */}
      <UserText>{describeReading(field, row.value as never, row.source)}</UserText>
    </Text>
  )
}
