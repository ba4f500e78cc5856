import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { authenticate, idle, tokenUpdate } from './check-in'
import { freshState } from './lab-state'
import { answerDevice, type DeviceRequest } from './nanomdm-server'
import type { StorageKind } from './nanomdm-store'
import { commandPlist, deviceTagged, labOnBench } from './testing'
import { writePlist } from './wire'

const certificate = (device: 1 | 2) =>
  encodeURIComponent(
    readFileSync(
      path.join(import.meta.dirname, `../../e2e/nanomdm/testdata/device-${device}.pem`),
      'utf8',
    ),
  )

const visitor = { ...deviceTagged('B-01'), enrollmentId: 'visitor-1' }

/** A lab on a bench, and a way to send it what a device outside of it says. */
const bench = (storage: StorageKind = 'pgsql') => {
  const made = labOnBench(freshState('seed', 0, storage))
  const log: string[] = []
  const put = (kind: 'checkin' | 'connect', body: string, change: Partial<DeviceRequest> = {}) =>
    answerDevice(
      made.lab,
      {
        method: 'PUT',
        path: '/mdm',
        query: new URLSearchParams(),
        contentType: `application/x-apple-aspen-mdm${kind === 'checkin' ? '-checkin' : ''}`,
        certificate: certificate(1),
        body: Buffer.from(body),
        ...change,
      },
      (line) => log.push(line),
    )
  const enrol = () => {
    expect(put('checkin', authenticate(visitor)).status).toBe(200)
    expect(put('checkin', tokenUpdate(visitor)).status).toBe(200)
  }
  const queue = (uuid: string) => {
    const raw = commandPlist(uuid, 'DeviceInformation')
    return made.lab.enqueue([visitor.enrollmentId], {
      commandUuid: uuid,
      requestType: 'DeviceInformation',
      raw,
    })
  }
  const report = (uuid: string, status = 'Acknowledged') =>
    put('connect', writePlist({ Status: status, UDID: visitor.enrollmentId, CommandUUID: uuid }))
  const received = () =>
    made.events.filter(({ enrollmentId }) => enrollmentId === visitor.enrollmentId)
  return { ...made, log, put, enrol, queue, report, received }
}

test.each(['pgsql', 'filekv'] as const)(
  'a visitor on %s enrols, is handed one command after the other, and each thing it says is told',
  (storage) => {
    const { put, enrol, queue, report, received } = bench(storage)
    enrol()
    expect([queue('one'), queue('two')]).toEqual([undefined, undefined])
    expect(put('connect', idle(visitor)).body).toContain('<string>one</string>')
    expect(report('one').body).toContain('<string>two</string>')
    expect(report('two')).toMatchObject({ status: 200, body: '' })
    expect(received().map(({ topic }) => topic)).toEqual([
      'mdm.Authenticate',
      'mdm.TokenUpdate',
      ...Array(3).fill('mdm.Connect'),
    ])
  },
)

test('a command that a visitor puts off is passed over in that answer and comes again at the next poll', () => {
  const { put, enrol, queue, report } = bench()
  enrol()
  queue('one')
  expect(report('one', 'NotNow').body).toBe('')
  expect(put('connect', idle(visitor)).body).toContain('<string>one</string>')
})

test('on pgsql a repeated reply changes nothing, and one to a command it never had is refused and told', () => {
  const { enrol, queue, report, received, lab } = bench()
  enrol()
  queue('one')
  queue('two')
  report('one')
  expect(report('one').body).toContain('<string>two</string>')
  expect(report('never-sent').status).toBe(500)
  expect(received().at(-1)).toMatchObject({ commandUuid: 'never-sent' })
  expect(lab.state().store).toMatchObject({
    enrolments: { 'visitor-1': { queue: [{ commandUuid: 'two' }] } },
  })
})

test('on filekv a repeated reply loses the queue of a visitor, as it does in NanoMDM', () => {
  const { put, enrol, queue, report } = bench('filekv')
  enrol()
  queue('one')
  report('one')
  queue('two')
  report('one')
  expect(put('connect', idle(visitor))).toMatchObject({ status: 200, body: '' })
})

test('an Authenticate clears what was queued for a visitor', () => {
  const { put, enrol, queue } = bench()
  enrol()
  queue('one')
  enrol()
  expect(put('connect', idle(visitor)).body).toBe('')
})

test('without a certificate, or with something that is no message, the answer is 400 and nothing is told', () => {
  const { put, events } = bench()
  const before = events.length
  expect(put('checkin', authenticate(visitor), { certificate: undefined }).status).toBe(400)
  expect(put('checkin', authenticate(visitor), { certificate: 'none' }).status).toBe(400)
  expect(put('checkin', '{"MessageType":"Authenticate"}').status).toBe(400)
  expect(put('checkin', writePlist({ MessageType: 'CheckOut', UDID: 'visitor-1' })).status).toBe(
    400,
  )
  expect(events).toHaveLength(before)
})

test('a stranger gets 500 and never 401: not enrolled, with another certificate, or as a device of the lab', () => {
  const { put, enrol, log, idOf } = bench()
  expect(put('connect', idle(visitor)).status).toBe(500)
  enrol()
  expect(put('connect', idle(visitor), { certificate: certificate(2) }).status).toBe(500)
  const other = { ...visitor, enrollmentId: 'visitor-2' }
  expect(put('checkin', authenticate(other)).status).toBe(500)
  expect(put('checkin', authenticate(deviceTagged('B-01'))).status).toBe(500)
  expect(log).toEqual([
    'a visitor was refused: the certificate is of no enrolment',
    'a visitor was refused: the certificate is of no enrolment',
    'a visitor was refused: the certificate belongs to another enrolment',
    `a visitor was refused: ${idOf('B-01')} is a device of this lab, which plays it itself`,
  ])
})

test('a certificate may come as RFC 9440 writes it', () => {
  const { put } = bench()
  const pem = decodeURIComponent(certificate(1))
  const base64 = pem.replace(/-----[A-Z ]+-----|\s/g, '')
  expect(put('checkin', authenticate(visitor), { certificate: `:${base64}:` }).status).toBe(200)
})

test('another storage knows no visitor: it has to enrol anew', () => {
  const { put, enrol, lab } = bench()
  enrol()
  lab.setServer({ storage: 'filekv' })
  expect(put('connect', idle(visitor)).status).toBe(500)
  enrol()
  expect(put('connect', idle(visitor)).status).toBe(200)
})
