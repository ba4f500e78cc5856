import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import type { TestDb } from '@/lib/db/testing'
import { later } from '../testing/people'
import { postedBody } from './case-bodies.testing'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'

const folder = fileURLToPath(new URL('../../mdm/testdata/ddm-status/', import.meta.url))

/** The sample report whose name begins so. */
export const sampleReport = (start: string): Uint8Array =>
  readFileSync(`${folder}${readdirSync(folder).find((name) => name.startsWith(start))}`)

/** A check-in of declarative management of the device with this UDID. */
export const declarationCheckin =
  (endpoint: string, data?: Uint8Array) =>
  (udid: string): Uint8Array =>
    Buffer.from(
      `<plist version="1.0"><dict><key>MessageType</key><string>DeclarativeManagement</string><key>UDID</key><string>${udid}</string><key>Endpoint</key><string>${endpoint}</string>${
        data ? `<key>Data</key><data>${Buffer.from(data).toString('base64')}</data>` : ''
      }</dict></plist>`,
    )

/** A status report with these items; further keys beside `StatusItems` as given. */
export const statusCheckin = (items: object, rest: object = { Errors: [] }) =>
  declarationCheckin('status', Buffer.from(JSON.stringify({ StatusItems: items, ...rest })))

type Enrolled = { enrollmentId: string; mdmServerId: string }

/** Receives and reads it as NanoMDM posts it, `at` seconds after `now` by the server's clock. @returns its raw event */
export async function receiveCheckin(
  lab: TestDb,
  device: Enrolled,
  plist: (udid: string) => Uint8Array,
  { at = 200, received = at }: { at?: number; received?: number } = {},
) {
  const udid = device.enrollmentId
  const topic = 'mdm.DeclarativeManagement'
  const body = postedBody({ udid, plist: plist(udid), topic, at: later(at) })
  return receiveBody(lab, device, body, received)
}

/** Receives and reads a body as it is. */
export async function receiveBody(
  lab: TestDb,
  { mdmServerId }: Enrolled,
  body: Uint8Array,
  received: number,
) {
  const id = (await keepEvent(lab.db, mdmServerId, body, later(received))) ?? 0
  await readOrSetAside(lab.db, id, later(received))
  return findRawEvent(lab.db, id)
}
