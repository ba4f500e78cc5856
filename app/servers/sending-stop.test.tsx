import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Clock } from '@/components/data/when'
import type { ListedAlarm } from '@/lib/db/queries/devices/device-alarms'
import type { SendingStop } from '@/lib/db/queries/servers/sending-stops'
import { SendingStopAlert } from './sending-stop'

const at = new Date('2026-03-02T09:00:00Z')
const identity = { lab: 'a', databaseOid: 1, databaseName: 'oneway' }
const stop: SendingStop = {
  id: 1,
  witnessId: 'w',
  reason: 'the database is not as this program last saw it: its timeline is 2, before 1',
  found: { identity, head: { seq: 1, hash: 'h' } },
  foundAt: at,
  endedAt: null,
  endedById: null,
  endedByName: null,
  endedReason: null,
}
const alarm: ListedAlarm = {
  id: 7,
  deviceId: '0c0ffee0-0000-4000-8000-000000000001',
  trialId: null,
  kind: 'databaseWentBack',
  reason: 'ScheduleOSUpdate 42 left for the MDM server, and the database does not know it',
  rawEventId: null,
  commandUuid: '42',
  stopId: 1,
  accepted: null,
  identity: null,
  raisedAt: at,
  simulated: false,
  clearedAt: null,
  clearedById: null,
  clearedByName: null,
  clearedReason: null,
  labTag: 'B-03',
  deviceName: 'iPhone',
}

const textOf = (waiting: ListedAlarm[], refusal?: string) =>
  renderToStaticMarkup(
    <MantineProvider>
      <Clock at={at.toISOString()}>
        <SendingStopAlert stop={stop} waiting={waiting} refusal={refusal} />
      </Clock>
    </MantineProvider>,
  ).replaceAll(/<[^>]+>/g, ' ')

test('a stop says why, which devices wait for a lead, and what to do with them', () => {
  const text = textOf([alarm])
  expect(text).toContain('All sending is stopped')
  expect(text).toContain('its timeline is 2, before 1')
  expect(text).toMatch(/B-03.*ScheduleOSUpdate 42 left for the MDM server/)
  expect(text).toContain('Look at the devices first, and clear their alarms.')
})

test('where no device waits, one confirmation is left; whoever may not give it sees why', () => {
  expect(textOf([])).not.toContain('Look at the devices first')
  expect(textOf([])).toContain('Accept this database and send again')
  expect(textOf([], 'This needs the role lead.')).toContain('This needs the role lead.')
})
