import { Anchor, Group, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { CalendarTable } from '@/app/calendar-table'
import { ExportLinks } from '@/components/data/export-links'
import { TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { loadLabCalendar } from '@/lib/db/queries/planning/lab-calendar'
import { getLabSettings } from '@/lib/db/queries/settings'
import { daysOf, neighbours, readCalendarView } from '@/lib/domain/planning/lab-calendar'
import { addDays } from '@/lib/domain/planning/release-gaps'
import { labDay, startOfLabDay } from '@/lib/domain/text/lab-time'
import { type Params, paths } from '@/lib/paths'
import { PlanPages } from '../plan-pages'

export const metadata: Metadata = { title: 'Calendar' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Bookings, reservations, live trials and fixes to check, by day: of the lab, or of one device. */
export default async function CalendarPage({ searchParams }: Props) {
  const { db } = await authorize('look')
  const given = await searchParams
  const { view, problems } = readCalendarView(given)
  const [asked, device, { timeZone }] = await Promise.all([
    resolveEnvironment(db, given.environment),
    view.device === undefined ? undefined : findDeviceRow(db, view.device),
    getLabSettings(db),
  ])
  const environment = device ? (device.simulated ? 'simulated' : 'real') : asked.environment
  const now = new Date()
  const today = labDay(now, timeZone)
  const days = daysOf(view, today)
  const span = {
    from: startOfLabDay(days[0] ?? today, timeZone) ?? now,
    to: startOfLabDay(addDays(days.at(-1) ?? today, 1), timeZone) ?? now,
  }
  const about = { environment, deviceId: view.device, ...span, cancelled: false }
  const entries = await loadLabCalendar(db, about, now)
  const address = { environment, device: view.device, span: view.span }
  return (
    <>
      <PageHeader
        title="Calendar"
        environment={environment}
        environmentReason={device ? undefined : asked.reason}
        description={`Bookings, reservations, live trials, and days from which a fix can be checked. Times are by the clocks of the lab: ${timeZone}; days on which a fix can be checked are in UTC.`}
        marks={<LiveTable of={['devices', 'trials', 'radars', 'releases']} />}
        action={
          <Group gap="md">
            <Anchor href={paths.planCalendarFile({ environment, device: view.device })} size="sm">
              Calendar file (.ics)
            </Anchor>
            <TextLink href={paths.apiKeys()} size="sm">
              Subscribe by a key
            </TextLink>
          </Group>
        }
      />
      <PlanPages shown="planCalendar" address={{ environment }} />
      <FilterProblems problems={problems} title="A value was ignored" />
      <Spans days={days} address={address} month={view.span === 'month'} day={view.day} />
      {view.device !== undefined && (
        <Text size="sm" mb="sm">
          {device ? (
            <>
              Only{' '}
              <TextLink href={paths.device(device.id)}>
                <UserText>{device.labTag ?? device.name}</UserText>
              </TextLink>
              .{' '}
            </>
          ) : (
            'There is no such device. '
          )}
          <TextLink
            href={paths.planCalendar({ environment, span: view.span, day: view.day })}
            size="sm"
          >
            The whole lab
          </TextLink>
        </Text>
      )}
      <CalendarTable entries={entries} days={days} today={today} timeZone={timeZone} order={2} />
      <div style={{ marginTop: 'var(--mantine-spacing-lg)' }}>
        <ExportLinks
          title="Download"
          links={[
            {
              name: 'Bookings',
              href: (form) => paths.exportBookings({ environment, device: view.device, ...form }),
            },
          ]}
        />
      </div>
    </>
  )
}

type SpansProps = {
  days: readonly string[]
  address: Params
  month: boolean
  day: string | undefined
}

/** Which days are shown, and the way to the others. */
function Spans({ days, address, month, day }: SpansProps) {
  const { before, after } = neighbours(days)
  const span = month ? 'month' : 'week'
  const other = month ? 'week' : 'month'
  return (
    <Group component="nav" aria-label="Days" gap="md" mb="sm">
      <Text size="sm" fw={600}>
        {days[0]} to {days.at(-1)}
      </Text>
      <Group gap="md" data-screen-only>
        <TextLink href={paths.planCalendar({ ...address, day: before })} size="sm">
          Previous {span}
        </TextLink>
        <TextLink href={paths.planCalendar({ ...address, day: undefined })} size="sm">
          Today
        </TextLink>
        <TextLink href={paths.planCalendar({ ...address, day: after })} size="sm">
          Next {span}
        </TextLink>
        <TextLink href={paths.planCalendar({ ...address, span: other, day })} size="sm">
          By {other}
        </TextLink>
      </Group>
    </Group>
  )
}
