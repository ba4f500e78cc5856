import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconShieldOff } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { CopyText } from '@/components/data/copy-text'
import classes from '@/components/data/data-table.module.css'
import { OlderRows, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import {
  type AuditEntry,
  type AuditFilter,
  findAuditHead,
  isHeldByGrants,
  listAuditEntries,
} from '@/lib/db/audit/page'
import { trailTables } from '@/lib/db/audit/trail-tables'
import { paths } from '@/lib/paths'
import { ChangedFields } from './changed-fields'
import { readAuditParams } from './query'
import { VerifyButton } from './verify-button'

export const metadata: Metadata = { title: 'Audit trail' }

const pageSize = 50

const watchedTables = Object.entries(trailTables).flatMap(([table, { trail }]) =>
  typeof trail === 'string' ? [table] : [],
)

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Who did what, when, on which record, from which value to which, and why. */
export default async function AuditPage({ searchParams }: Props) {
  const { db } = await authorize('readTrail')
  const filter = readAuditParams(await searchParams)
  const [rows, head, held] = await Promise.all([
    listAuditEntries(db, filter, pageSize + 1),
    findAuditHead(db),
    isHeldByGrants(db),
  ])
  const shown = rows.slice(0, pageSize)
  const last = shown.at(-1)
  return (
    <>
      <PageHeader
        title="Audit trail"
        description="Written by the database in the same transaction as the change, each entry chained to the one before by its hash. Times are the server's, in UTC."
      />
      <Stack gap="md">
        {!held && <NotHeld />}
        <Group gap="xs">
          <Text size="sm">
            Head: entry {head.seq}, <code style={{ overflowWrap: 'anywhere' }}>{head.hash}</code>
          </Text>
          <CopyText text={`${head.seq} ${head.hash}`} label="Copy the head" />
        </Group>
        <Text size="xs" c="dimmed">
          Store a head elsewhere from time to time: it later proves that nothing before it was
          rewritten.
        </Text>
        <Group gap="xs" align="flex-start">
          <VerifyButton />
          <Button component="a" href={paths.exportTrail()} size="xs" variant="default">
            Export as CSV
          </Button>
          <Button component="a" href={paths.exportTrail({ bom: 1 })} size="xs" variant="default">
            CSV for Excel
          </Button>
        </Group>
        <Filter filter={filter} />
        {subjects.some((name) => filter[name]) && (
          <Text size="sm">
            Only entries{' '}
            {subjects
              .filter((name) => filter[name])
              .map((name) => subjectWords[name])
              .join(', ')}
            .
          </Text>
        )}
        {shown.length === 0 ? (
          <Text>No entries match these filters.</Text>
        ) : (
          <EntryTable rows={shown} />
        )}
      </Stack>
      <OlderRows
        newest={
          filter.before === undefined
            ? undefined
            : paths.audit(inAddress({ ...filter, before: undefined }))
        }
        older={
          rows.length > pageSize && last
            ? paths.audit(inAddress({ ...filter, before: last.seq }))
            : undefined
        }
      />
    </>
  )
}

const inAddress = ({ from, to, ...filter }: AuditFilter) => ({
  ...filter,
  from: from?.toISOString(),
  to: to?.toISOString(),
})

const NotHeld = () => (
  <Alert color="orange" icon={<IconShieldOff />} title="Database grants do not protect this trail">
    The app runs as the owner of its database, because that owner may not create roles. Only the
    triggers and the hash chain protect the trail; docs/record.md says how to give the app a role of
    its own.
  </Alert>
)

/** A plain GET form, so that the filter is part of the address. */
const Filter = ({ filter }: { filter: AuditFilter }) => (
  <form method="get" action={paths.audit()}>
    <Group align="flex-end" gap="xs">
      <TextInput label="Person" name="person" size="xs" defaultValue={filter.person} />
      <TextInput label="Kind" name="kind" size="xs" defaultValue={filter.kind} />
      <TextInput
        label="Record"
        name="table"
        list="watched-tables"
        size="xs"
        defaultValue={filter.table}
      />
      <datalist id="watched-tables">
        {watchedTables.map((table) => (
          <option key={table} value={table} />
        ))}
      </datalist>
      <TextInput
        label="From (UTC)"
        name="from"
        size="xs"
        placeholder="2026-11-26T09:00Z"
        defaultValue={filter.from?.toISOString()}
      />
      <TextInput label="To (UTC)" name="to" size="xs" defaultValue={filter.to?.toISOString()} />
      {subjects.map((name) => (
        <Subject key={name} name={name} value={filter[name]} />
      ))}
      <Button type="submit" size="xs" variant="default">
        Show
      </Button>
      <TextLink href={paths.audit()} size="sm">
        All entries
      </TextLink>
    </Group>
  </form>
)

/** What other pages narrow the trail to; there is no field to type it into. */
const subjects = ['device', 'trial', 'protocol', 'who'] as const

const Subject = ({ name, value }: { name: string; value: string | undefined }) =>
  value === undefined ? null : <input type="hidden" name={name} value={value} />

const subjectWords = {
  device: 'of one device',
  trial: 'of one trial',
  protocol: 'of one protocol in all its versions',
  who: 'by one person, or about their account',
} as const

const EntryTable = ({ rows }: { rows: AuditEntry[] }) => (
  <table className={classes.table}>
    <TableHead labels={['Entry', 'When', 'Who', 'What', 'Old → new', 'Why']} />
    <tbody>
      {rows.map((entry) => (
        <EntryRow key={entry.seq} entry={entry} />
      ))}
    </tbody>
  </table>
)

function EntryRow({ entry }: { entry: AuditEntry }) {
  const { seq, at, byName, byRole, kind, tableName, rowId, trialId, deviceId, reason } = entry
  return (
    <tr>
      <td data-label="Entry">{seq}</td>
      <td data-label="When" className={classes.nowrap}>
        <When at={at} exact />
      </td>
      <td data-label="Who">
        <div>
          <UserText>{byName}</UserText> <span className={classes.dim}>{byRole}</span>
        </div>
      </td>
      <td data-label="What">
        <div style={{ overflowWrap: 'anywhere' }}>
          {kind} {tableName} <span className={classes.dim}>{rowId}</span>{' '}
          {trialId && (
            <TextLink href={paths.trial(trialId)} size="sm">
              trial
            </TextLink>
          )}{' '}
          {deviceId && (
            <TextLink href={paths.device(deviceId)} size="sm">
              device
            </TextLink>
          )}
        </div>
      </td>
      <td data-label="Old → new">
        <ChangedFields before={entry.old} after={entry.new} />
      </td>
      <td data-label="Why">
        <UserText>{reason}</UserText>
      </td>
    </tr>
  )
}
