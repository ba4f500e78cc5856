import { describe, expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import type { NanomdmStore, StorageKind } from './nanomdm-store'
import {
  emptyStore,
  enqueue,
  isEnrolled,
  listQueue,
  nextCommand,
  storageKinds,
  storeAuthenticate,
  storeReport,
  storeTokenUpdate,
} from './nanomdm-store'

const device = 'device-1'

/** A server with one enrolled device; `deliver` answers what it hands out next. */
const server = (kind: StorageKind) => {
  let store: NanomdmStore = storeAuthenticate(emptyStore(kind), device)
  return {
    enqueue: (commandUuid: string, ids: readonly string[] = [device]) => {
      const queued = enqueue(store, ids, { commandUuid, requestType: 'SecurityInfo', raw: '' })
      if ('error' in queued) return queued.error
      store = queued.store
      return undefined
    },
    report: (commandUuid: string, status = 'Acknowledged') => {
      store = storeReport(store, device, commandUuid, status)
    },
    enrol: (id = device) => {
      store = storeAuthenticate(store, id)
    },
    next: (skipNotNow = false) => nextCommand(store, device, skipNotNow)?.commandUuid,
    queue: (id = device) => listQueue(store, id).map(({ commandUuid }) => commandUuid),
    store: () => store,
  }
}

describe.each(storageKinds)('on %s', (kind) => {
  test('first in, first out, and a command stays next until it is answered', () => {
    const { enqueue, report, next, queue } = server(kind)
    for (const uuid of ['a', 'b', 'c']) expect(enqueue(uuid)).toBeUndefined()
    expect([next(), next()]).toEqual(['a', 'a'])
    report('a')
    report('b')
    expect(queue()).toEqual(['c'])
  })

  test.each(['Error', 'CommandFormatError', 'Banana'])('%s finishes a command', (status) => {
    const { enqueue, report, queue } = server(kind)
    enqueue('a')
    report('a', status)
    expect(queue()).toEqual([])
  })

  test('a NotNow is passed over in that answer alone, and handed out again after another', () => {
    const { enqueue, report, next } = server(kind)
    enqueue('a')
    enqueue('b')
    report('a', 'NotNow')
    expect(next(true)).toBe('b')
    expect(next(false)).toBe('a')
  })

  test('a new enrolment clears the queue without a word, and the CommandUUID stays taken', () => {
    const { enqueue, enrol, queue } = server(kind)
    enqueue('a')
    enrol()
    expect(queue()).toEqual([])
    expect(enqueue('a')).toBeTypeOf('string')
    expect(enqueue('b')).toBeUndefined()
    expect(queue()).toEqual(['b'])
  })

  test('token updates are counted from each Authenticate on', () => {
    const { store, enrol } = server(kind)
    const first = storeTokenUpdate(store(), device)
    expect(first.tally).toBe(1)
    expect(storeTokenUpdate(first.store, device).tally).toBe(2)
    enrol()
    expect(storeTokenUpdate(store(), device).tally).toBe(1)
  })

  test('a CommandUUID is queued once, whatever is asked between', () => {
    const { enqueue, report, queue } = server(kind)
    enqueue('a')
    expect(enqueue('a')).toBeTypeOf('string')
    expect(queue()).toEqual(['a'])
    report('a')
    expect(enqueue('a')).toBeTypeOf('string')
    expect(queue()).toEqual([])
  })

  test('after sane traffic (one command open at a time) nothing is lost and nothing comes twice', () => {
    const answers = fc.array(fc.constantFrom('Acknowledged', 'Error', 'NotNow'), { maxLength: 40 })
    fc.assert(
      fc.property(answers, (statuses) => {
        const { enqueue, report, next } = server(kind)
        const finished: string[] = []
        let open: string | undefined
        statuses.forEach((status, index) => {
          if (open === undefined) {
            open = `c${index}`
            enqueue(open)
          }
          expect(next()).toBe(open)
          report(open, status)
          if (status === 'NotNow') return
          finished.push(open)
          open = undefined
        })
        expect(new Set(finished).size).toBe(finished.length)
        expect(next()).toBe(open)
      }),
    )
  })
})

/** mdm-servers: A NotNow, B Acknowledged, A Acknowledged → B once more on filekv. */
test.each<[StorageKind, string[]]>([
  ['pgsql', []],
  ['filekv', ['b']],
])('A NotNow, B and A acknowledged: %s then still hands out %j', (kind, rest) => {
  const { enqueue, report, next, queue } = server(kind)
  enqueue('a')
  enqueue('b')
  report('a', 'NotNow')
  expect(next(true)).toBe('b')
  report('b')
  expect(next()).toBe('a')
  report('a')
  expect(queue()).toEqual(rest)
  for (const uuid of rest) report(uuid)
  expect(queue()).toEqual([])
})

test.each<[StorageKind, string, string[]]>([
  ['pgsql', 'a', ['b', 'c']],
  ['pgsql', 'never sent', ['b', 'c']],
  ['filekv', 'a', []],
  ['filekv', 'never sent', []],
])('on %s a reply for the finished or unknown %s leaves %j', (kind, uuid, rest) => {
  const { enqueue, report, queue } = server(kind)
  for (const each of ['a', 'b', 'c']) enqueue(each)
  report('a')
  report(uuid)
  expect(queue()).toEqual(rest)
})

test.each<[StorageKind, string]>([
  ['pgsql', 'pq: duplicate key value violates unique constraint "commands_pkey"'],
  ['filekv', 'command already exists: a'],
])('%s refuses a second time with %s', (kind, text) => {
  const { enqueue } = server(kind)
  enqueue('a')
  expect(enqueue('a')).toBe(text)
})

test('pgsql voids the whole call for an id it does not know; filekv queues for nobody', () => {
  const onPgsql = server('pgsql')
  expect(onPgsql.enqueue('a', [device, 'nobody'])).toContain('enrollment_queue_id_fkey')
  expect(onPgsql.queue()).toEqual([])
  const onFilekv = server('filekv')
  expect(onFilekv.enqueue('a', [device, 'nobody'])).toBeUndefined()
  expect([onFilekv.queue(), onFilekv.queue('nobody')]).toEqual([['a'], ['a']])
  expect(isEnrolled(onFilekv.store(), 'nobody')).toBe(false)
  onFilekv.enrol('nobody')
  expect(onFilekv.queue('nobody')).toEqual([])
})

test('one id twice in a call: pgsql refuses, filekv delivers twice', () => {
  expect(server('pgsql').enqueue('a', [device, device])).toContain('enrollment_queue_pkey')
  const { enqueue, report, queue } = server('filekv')
  expect(enqueue('a', [device, device])).toBeUndefined()
  report('a')
  expect(queue()).toEqual(['a'])
  report('a')
  expect(queue()).toEqual([])
})
