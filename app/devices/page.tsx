import { Alert, Button, Group, Text } from '@mantine/core'
import { IconDeviceIpad, IconFileTypeCsv, IconFilterOff, IconTag } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { OpenAlarms } from '@/app/device-alarms'
import { type DeviceParams, isFiltered, queryOf, readDeviceParams } from '@/app/device-query'
import { EmptyState, InOtherEnvironment, otherEnvironment } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { TestsLeft } from '@/components/data/tests-left'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { listCustomFields } from '@/lib/db/queries/devices/custom-fields'
import { listAllOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { listDeviceFacets } from '@/lib/db/queries/devices/device-facets'
import { type DeviceImport, findDeviceImport } from '@/lib/db/queries/devices/device-imports'
import { countDevices, type DeviceQuery, listDevices } from '@/lib/db/queries/devices/device-list'
import { countAwaitingTag } from '@/lib/db/queries/devices/devices'
import { listUnseenLosses } from '@/lib/db/queries/devices/outside-updates'
import { listQueryRuns } from '@/lib/db/queries/devices/query-runs'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countTestsLeft } from '@/lib/db/queries/planning/unused-devices'
import { getLabSettings } from '@/lib/db/queries/settings'
import { type Actor, mayDo, refusalFor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import { DeviceTable } from './device-table'
import { FilterBar } from './filter-bar'
import { custodyOf, customColumns, DeviceFile, LabelsForm, shownOf } from './list-columns'
import { QueryMany } from './query-many'
import { OpenRuns } from './run-progress'
import { UnseenLosses } from './unseen-losses'

export const metadata: Metadata = { title: 'Devices' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function DevicesPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const params = readDeviceParams(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const query = queryOf(params, environment, actor.id)
  const now = new Date()
  const [page, count, facets, awaiting, settings, losses, alarms, runs, left, fields] =
    await Promise.all([
      listDevices(db, query, now),
      countDevices(db, query, now),
      listDeviceFacets(db, environment),
      countAwaitingTag(db, environment === 'simulated'),
      getLabSettings(db),
      mayDo(actor, 'acknowledgeLoss')
        ? listUnseenLosses(db, environment === 'simulated', 10)
        : { rows: [], count: 0 },
      listAllOpenAlarms(db, environment === 'simulated'),
      listQueryRuns(db, environment, { open: true, limit: 5 }),
      countTestsLeft(db, environment),
      listCustomFields(db),
    ])
  const address = {
    ...params,
    environment: given.environment === undefined ? undefined : environment,
  }
  const none = page.rows.length === 0
  const other = otherEnvironment(environment)
  const [imported, elsewhere, custom, custody] = await Promise.all([
    params.import ? findDeviceImport(db, params.import) : undefined,
    none && isFiltered(params) ? countDevices(db, { ...query, environment: other }, now) : 0,
    customColumns(db, fields, params, page.rows),
    custodyOf(db, page.rows),
  ])
  return (
    <>
      <PageHeader
        title="Devices"
        environment={environment}
        environmentReason={reason}
        action={<Actions actor={actor} />}
        marks={<LiveTable of={['devices', 'trials']} />}
      />
      <OpenRuns runs={runs} />
      <OpenAlarms alarms={alarms} />
      <UnseenLosses rows={losses.rows} count={losses.count} />
      {awaiting > 0 && !isFiltered(params) && <Awaiting count={awaiting} />}
      {imported && <ImportedNotice made={imported} environment={environment} />}
      {(!none || isFiltered(params)) && (
        <FilterBar
          params={params}
          facets={facets}
          fields={fields}
          environment={environment}
          named={given.environment !== undefined}
        />
      )}
      {none ? (
        <>
          <Nothing
            filtered={isFiltered(params)}
            clear={paths.devices({ environment: address.environment })}
          />
          <InOtherEnvironment
            count={elsewhere}
            environment={other}
            href={paths.devices({ ...params, cursor: null, environment: other })}
          />
        </>
      ) : (
        <>
          <Group justify="space-between" mb="xs">
            <Group gap="md">
              <TextLink href={paths.queryRuns({ environment: address.environment })} size="sm">
                Query runs
              </TextLink>
              <TextLink href={paths.customFields()} size="sm">
                Custom fields
              </TextLink>
            </Group>
            <Group gap="xs">
              <LabelsForm address={address} environment={environment} />
              {!params.retired && (
                <QueryMany
                  count={count}
                  filter={queryFilterOf(query)}
                  environment={environment}
                  reason={refusalFor(actor, 'askDevice')}
                />
              )}
            </Group>
          </Group>
          <TestsLeft left={left} environment={environment} />
          <DeviceTable
            rows={page.rows.map(shownOf)}
            params={address}
            maxAges={settings.maxAges}
            now={now}
            custom={custom}
            custody={custody}
          />
          <Pager count={count} shown={page.rows.length} page={page} address={address} />
          <DeviceFile address={address} environment={environment} />
        </>
      )}
    </>
  )
}

/** Without `retired`: a retired device is never queried. */
const queryFilterOf = ({ filter }: DeviceQuery) => {
  const { retired: _, ...queryable } = filter ?? {}
  return queryable
}

function Actions({ actor }: { actor: Actor }) {
  const [edit, load] = [refusalFor(actor, 'editDevice'), refusalFor(actor, 'importDevices')]
  return (
    <Group gap="xs">
      <LinkOrReason
        reason={load}
        href={paths.deviceImport()}
        label="Import CSV"
        variant="default"
      />
      <LinkOrReason reason={edit} href={paths.deviceNew()} label="Add a device" />
    </Group>
  )
}

type LinkProps = { reason: string | undefined; href: string; label: string; variant?: string }

function LinkOrReason({ reason, href, label, variant = 'filled' }: LinkProps) {
  if (reason)
    return (
      <Button disabled title={reason}>
        {label}
      </Button>
    )
  return (
    <ButtonLink href={href} variant={variant}>
      {label}
    </ButtonLink>
  )
}

const Awaiting = ({ count }: { count: number }) => (
  <Alert
    color="blue"
    variant="outline"
    mb="sm"
    icon={<IconTag aria-hidden />}
    title={count === 1 ? 'One device awaits a lab tag' : `${count} devices await a lab tag`}
  >
    {count === 1 ? 'It was added by its enrollment.' : 'They were added by their enrollment.'}{' '}
    Sorted by lab tag, devices without one come first. Find each by its serial, put a tag on it and
    enter the tag here.
  </Alert>
)

function Nothing({ filtered, clear }: { filtered: boolean; clear: string }) {
  if (filtered)
    return (
      <EmptyState
        title="No device matches"
        icon={IconFilterOff}
        action={<TextLink href={clear}>Clear the filters</TextLink>}
      >
        No device of this environment matches all filters.
      </EmptyState>
    )
  return (
    <EmptyState title="No devices yet" icon={IconDeviceIpad}>
      Add one by hand, import a CSV file, or enroll a device in the MDM server: it is then added
      automatically and only needs a lab tag.
    </EmptyState>
  )
}

type PagerProps = {
  count: number
  shown: number
  page: { next: string | undefined; previous: string | undefined }
  address: DeviceParams & { environment?: string | undefined }
}

function Pager({ count, shown, page, address }: PagerProps) {
  const to = (cursor: string | undefined) => paths.devices({ ...address, cursor })
  const all = shown === count ? `${count}` : `${shown} of ${count.toLocaleString('en')}`
  return (
    <Group component="nav" aria-label="Pages" justify="space-between" mt="sm">
      <Text size="sm" c="dimmed">
        {all} {count === 1 ? 'device' : 'devices'}
      </Text>
      <Group gap="xs">
        {page.previous && address.cursor && (
          <TextLink href={to(undefined)} size="sm">
            First page
          </TextLink>
        )}
        {page.previous && (
          <ButtonLink href={to(page.previous)} variant="default" size="xs">
            Previous
          </ButtonLink>
        )}
        {page.next && (
          <ButtonLink href={to(page.next)} variant="default" size="xs">
            Next
          </ButtonLink>
        )}
      </Group>
    </Group>
  )
}

type ImportedNoticeProps = { made: DeviceImport; environment: Environment }

/** Says that the list is narrowed to one import, and what that did. */
function ImportedNotice({ made, environment }: ImportedNoticeProps) {
  const { fileName, added, changed, unchanged, leftOut } = made
  return (
    <Alert
      color="green"
      variant="outline"
      mb="sm"
      role="status"
      icon={<IconFileTypeCsv aria-hidden />}
      title={
        fileName ? (
          <>
            Imported from <UserText>{fileName}</UserText>
          </>
        ) : (
          'Imported'
        )
      }
    >
      {added} added, {changed} changed, {unchanged} unchanged
      {leftOut > 0 && `, ${leftOut} ${leftOut === 1 ? 'row' : 'rows'} not imported`}. The list shows
      the devices of this file.{' '}
      <TextLink href={paths.devices({ environment })} size="sm">
        Show all devices
      </TextLink>
    </Alert>
  )
}
