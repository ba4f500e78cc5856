import { expect, test } from 'vitest'
import { timelineOf } from './timeline'
import type {
  ReadingChange,
  TimelineAttachment,
  TimelineCommand,
  TimelineObservation,
  TimelineRecord,
  TimelineReply,
  TimelineStep,
} from './timeline-entry'

const at = (second: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, second))
const slot = '11111111-1111-4111-8111-111111111111'
const probe = (n: number) => `22222222-2222-4222-8222-${String(n).padStart(12, '0')}`

const step = (id: number, second: number, more: Partial<TimelineStep> = {}): TimelineStep => ({
  id,
  kind: 'recorded',
  at: at(second),
  byName: 'Erin',
  text: `step ${id}`,
  data: {},
  ...more,
})

const command = (commandUuid: string, second: number): TimelineCommand => ({
  commandUuid,
  purpose: commandUuid === slot ? 'intervention' : 'probe',
  requestType: commandUuid === slot ? 'ScheduleOSUpdate' : 'OSUpdateStatus',
  slotOrdinal: commandUuid === slot ? 1 : null,
  state: 'queued',
  reservedAt: at(second),
  reservedByName: 'Erin',
  reason: null,
  answeredAt: null,
  withdrawnAt: null,
})

const commandEvent = (id: number, second: number, kind: string, commandUuid = slot) => ({
  id,
  commandUuid,
  kind,
  at: at(second),
  byName: 'Oneway',
  text: '',
})

const reply = (id: number, second: number, commandUuid?: string): TimelineReply => ({
  id,
  at: at(second),
  receivedAt: at(second),
  commandUuid,
  requestType: undefined,
  topic: undefined,
  slotOrdinal: undefined,
  status: 'Acknowledged',
  readState: 'read',
  reason: undefined,
  oddities: [],
  words: '',
})

const observation = (
  id: number,
  second: number,
  more: Partial<TimelineObservation> = {},
): TimelineObservation => ({
  id,
  kind: 'nothing',
  text: '',
  data: {},
  observedAt: at(second),
  recordedAt: at(second),
  byName: 'Erin',
  correctsId: null,
  reason: null,
  ...more,
})

const change = (id: number, second: number, more: Partial<ReadingChange> = {}): ReadingChange => ({
  id,
  field: 'osVersion',
  before: { value: '12.0.1' },
  value: '12.1',
  unknownReason: undefined,
  source: 'mdm',
  answeredAt: at(second),
  by: undefined,
  commandUuid: undefined,
  ...more,
})

const record = (parts: Partial<TimelineRecord>): TimelineRecord => ({
  steps: [],
  commands: [],
  commandEvents: [],
  replies: [],
  changes: [],
  observations: [],
  attachments: [],
  ...parts,
})

const keysOf = (parts: Partial<TimelineRecord>) => timelineOf(record(parts)).map(({ key }) => key)

test('everything is sorted by time, whatever table it is from', () => {
  const keys = keysOf({
    steps: [step(1, 1), step(2, 30)],
    commands: [command(slot, 1)],
    commandEvents: [commandEvent(1, 12, 'pushed')],
    replies: [reply(9, 20, slot)],
    changes: [change(5, 25)],
    observations: [observation(3, 15)],
  })
  expect(keys).toEqual(['step-1', 'delivery-1', 'observation-3', 'reply-9', 'reading-5', 'step-2'])
})

test('an observation is placed by when it was seen, not by when it was recorded', () => {
  const late = observation(1, 5, { recordedAt: at(50) })
  expect(keysOf({ steps: [step(1, 10)], observations: [late] })).toEqual([
    'observation-1',
    'step-1',
  ])
})

test('an event of trial and command at the same moment is shown once', () => {
  const keys = keysOf({
    steps: [step(1, 1, { kind: 'sent', data: { commandUuid: slot } })],
    commands: [command(slot, 1)],
    commandEvents: [
      commandEvent(1, 1, 'claimed'),
      commandEvent(2, 2, 'pushFailed'),
      commandEvent(3, 3, 'answered'),
      commandEvent(4, 4, 'answered'),
    ],
    replies: [reply(7, 3, slot.toUpperCase())],
  })
  expect(keys).toEqual(['step-1', 'delivery-2', 'reply-7', 'delivery-4'])
})

test('a settled command that the trial did not record is still shown', () => {
  const keys = keysOf({
    steps: [step(1, 1, { kind: 'withdrawn' })],
    commands: [command(slot, 0)],
    commandEvents: [commandEvent(1, 1, 'unconfirmed')],
  })
  expect(keys).toEqual(['step-1', 'delivery-1'])
})

test('a query is shown with its answers, and an answer to no query alone', () => {
  const [asked, stray] = timelineOf(
    record({
      commands: [command(probe(1), 1)],
      commandEvents: [commandEvent(1, 1, 'reserved', probe(1))],
      replies: [reply(1, 2, probe(1).toUpperCase()), reply(2, 3, probe(1)), reply(3, 4)],
    }),
  )
  expect(asked).toMatchObject({ type: 'probe', replies: [{ id: 1 }, { id: 2 }] })
  expect(stray).toMatchObject({ type: 'reply', key: 'reply-3' })
})

test('three consecutive queries are one line with each of them; a step in between begins a new line', () => {
  const commands = [1, 2, 3, 5, 6].map((second) => command(probe(second), second))
  const entries = timelineOf(record({ steps: [step(1, 4)], commands }))
  expect(entries.map(({ type }) => type)).toEqual(['probes', 'step', 'probe', 'probe'])
  expect(entries[0]).toMatchObject({ at: at(1), probes: [{}, {}, {}] })
})

test('changes by one answer are one entry; those typed at that moment are another', () => {
  const entries = timelineOf(
    record({
      changes: [
        change(1, 1, { commandUuid: probe(1) }),
        change(2, 1, { commandUuid: probe(1), field: 'osBuild' }),
        change(3, 1, { source: 'typed', by: 'Erin' }),
      ],
    }),
  )
  expect(entries).toMatchObject([
    { type: 'readings', changes: [{ id: 1 }, { id: 2 }] },
    { type: 'readings', changes: [{ id: 3 }] },
  ])
})

test('a corrected observation keeps its place and names its correction, and the other way round', () => {
  const wrong = observation(1, 1, { kind: 'rebooted' })
  const right = observation(2, 3, { correctsId: 1, reason: 'it only went dark' })
  const entries = timelineOf(record({ observations: [right, wrong] }))
  expect(entries).toMatchObject([
    { key: 'observation-1', correctedBy: { id: 2, reason: 'it only went dark' } },
    { key: 'observation-2', corrects: { id: 1, kind: 'rebooted' } },
  ])
})

test('a file is with the observation that it shows, and one of the whole trial stands by itself', () => {
  const file = (id: number, observationId: number | null): TimelineAttachment => ({
    ...{ id, observationId, fileName: 'a.jpg', type: 'image/jpeg', bytes: 1, sha256: 'a' },
    ...{ attachedAt: at(9), byName: 'Erin', withdrawn: undefined },
  })
  const attachments = [file(1, 7), file(2, null), file(3, 7)]
  expect(timelineOf(record({ observations: [observation(7, 1)], attachments }))).toMatchObject([
    { key: 'observation-7', attachments: [{ id: 1 }, { id: 3 }] },
    { key: 'attachment-2', at: at(9) },
  ])
})

test('the order never depends on the order of rows', () => {
  const parts = {
    steps: [step(10, 1), step(9, 1)],
    changes: [change(1, 1)],
    observations: [observation(1, 1)],
  }
  const turned = { ...parts, steps: parts.steps.toReversed() }
  expect(keysOf(parts)).toEqual(['step-9', 'step-10', 'reading-1', 'observation-1'])
  expect(keysOf(turned)).toEqual(keysOf(parts))
})
