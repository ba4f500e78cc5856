import { randomUUID } from 'node:crypto'
import { createServer, request as httpRequest } from 'node:http'
import { expect } from '@playwright/test'
import { reviewProtocol } from '@/lib/core/trials/review-protocol'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { connect } from '@/lib/db/client'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { getLabSettings, storeLabSetting } from '@/lib/db/queries/settings'
import { virtualLabSlug } from '@/lib/demo/seed'
import { paths } from '@/lib/paths'
import { createLabControl, type LabDeviceView } from '@/lib/virtual-lab/control-client'
import { webhookBody, webhookSignature } from '@/lib/virtual-lab/webhook'
import { type WireDict, writePlist } from '@/lib/virtual-lab/wire'
import { readSecrets } from '@/scripts/secrets'
import { readFacts } from './facts'

/** Seconds. */
const holds = { short: 6, long: 30 }

/**
 * Shortens hold and probe interval, so that a rehearsal takes seconds. A lead can do the same in Settings. All tests share
 * them, so a hold that is short already stays as another test may have chosen it for a moment.
 */
export async function shortenWaits(): Promise<void> {
  const { db, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const by = { changedAt: new Date(), changedBy: 'browser tests' }
  if ((await getLabSettings(db)).holdSeconds > holds.long)
    await storeLabSetting(db, 'holdSeconds', holds.short, by)
  await storeLabSetting(db, 'probeSeconds', 6, by)
  await end()
}

/**
 * Makes a release with a hold that is still running when the page is back, however slow the machine. One test at a time, as
 * all share the setting.
 * @param releasing ends when it is released
 */
export async function underLongHold(releasing: () => Promise<void>): Promise<void> {
  const { db, sql, end } = connect(readFacts().databaseUrl, { max: 2, asOwner: true })
  const own = await sql.reserve()
  const isMine = async () => {
    const [row] =
      await own`select pg_try_advisory_lock(hashtext('hold of the browser tests')) as got`
    return row?.got
  }
  const holdFor = (seconds: number) =>
    storeLabSetting(db, 'holdSeconds', seconds, {
      ...{ changedAt: new Date(), changedBy: 'browser tests' },
    })
  await expect.poll(isMine, { timeout: 300_000 }).toBe(true)
  try {
    await holdFor(holds.long)
    await releasing()
  } finally {
    await holdFor(holds.short)
    own.release()
    // The lock goes with its connection.
    await end()
  }
}

/** A reviewed protocol for a version that none of the demo names. */
export async function addProtocol(title: string, productVersion: string): Promise<void> {
  const { db, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const plan = {
    ...{ title, question: 'Does it stay where it is?', conditions: {}, steps: [] },
    ...{ expectedOutcome: 'Downloaded only', primaryOutcome: 'downloaded' as const },
    slots: [{ installAction: 'DownloadOnly' as const, productVersion }],
    deadlineMinutes: 60,
  }
  const person = (role: 'engineer' | 'lead') => ({ id: `browser-tests-${role}`, name: role, role })
  const saved = await saveProtocol(db, person('engineer'), { plan }, new Date())
  if (saved.status !== 'saved') throw new Error(`the protocol was not saved: ${saved.reason}`)
  const { versionId } = saved
  const reviewed = await reviewProtocol(db, person('lead'), { versionId, reason: '' }, new Date())
  if (reviewed.status !== 'done') throw new Error(`it was not reviewed: ${reviewed.reason}`)
  await end()
}

/** Enters a battery level by hand, for a device whose own report is known to be wrong. */
export async function enterBattery(labTag: string, batteryLevel: number): Promise<void> {
  const { db, sql, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const [device] = await sql`select id from devices where lab_tag = ${labTag}`
  const reading = {
    field: 'batteryLevel' as const,
    value: batteryLevel,
    unknownReason: null,
    source: 'typed' as const,
    answeredAt: new Date(),
    byName: 'browser tests',
  }
  await insertReadings(db, String(device?.id), [reading])
  await end()
}

/** The trial under way on a device of the demo. */
export async function liveTrialOn(
  labTag: string,
  databaseUrl = readFacts().databaseUrl,
): Promise<string> {
  const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
  const [trial] = await sql`select t.id from trials t join devices d on d.id = t.device_id
    where d.lab_tag = ${labTag} and t.state in ('armed', 'observing')`
  await end()
  return String(trial?.id)
}

/** A second address of a server. The lab accepts each MDM server address only once. */
export async function forward(to: string): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const forwarded = httpRequest(
      new URL(request.url ?? '/', to),
      { method: request.method ?? 'GET', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    forwarded.on('error', () => response.destroy())
    request.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

/**
 * Stalls every trial page, as a slow server does, by locking a table that pages read and a release does
 * not. Returns the function that ends it.
 */
export async function stallTrialPages(): Promise<() => Promise<void>> {
  const { sql, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const connection = await sql.reserve()
  await connection`begin`
  await connection`lock table reply_checks in access exclusive mode`
  return async () => {
    await connection`rollback`
    connection.release()
    await end()
  }
}

/** How often each command reached a virtual device: shows whether one was sent twice. */
export async function deliveriesTo(labTag: string): Promise<Record<string, number>> {
  return (await virtualDevice(labTag)).deliveries
}

/** The CommandUUIDs of a device's update commands, from the database. */
export async function interventionsOn(labTag: string): Promise<string[]> {
  const { sql, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const rows = await sql`select command_uuid from commands c join devices d on d.id = c.device_id
    where d.lab_tag = ${labTag} and c.purpose = 'intervention'`
  await end()
  return rows.map((row) => String(row.command_uuid))
}

/** The virtual lab's keys, from the stack's data folder. */
export const virtualLabKeys = () => readSecrets(readFacts().dataDir)

/** The actual state of one virtual device. */
export async function virtualDevice(labTag: string): Promise<LabDeviceView> {
  const control = createLabControl(readFacts().virtualLabUrl, virtualLabKeys().virtualLabApiKey)
  const answer = await control.listDevices()
  const device = answer.ok && answer.value.devices.find((one) => one.labTag === labTag)
  if (!device) throw new Error(`the virtual lab does not show ${labTag}`)
  return device
}

type Answer = {
  enrollmentId: string
  commandUuid: string
  status: string
  keys?: WireDict
}

/** Posts a signed device answer to the webhook of the virtual lab; returns the ID of the stored event. */
async function postAnswer({ enrollmentId, commandUuid, status, keys }: Answer): Promise<number> {
  const { baseUrl, databaseUrl } = readFacts()
  const payload = writePlist({
    Status: status,
    UDID: enrollmentId,
    CommandUUID: commandUuid,
    ...keys,
  })
  const event = { topic: 'mdm.Connect', enrollmentId, status, commandUuid, payload } as const
  const body = webhookBody(event, {
    createdAtNs: BigInt(Date.now()) * 1_000_000n,
    eventId: 'browser-test',
  })
  const signature = webhookSignature(virtualLabKeys().virtualLabHmacKey, body)
  const answer = await fetch(`${baseUrl}${paths.webhook(virtualLabSlug)}`, {
    method: 'POST',
    headers: { 'x-hmac-signature': signature },
    body,
  })
  if (answer.status !== 200) throw new Error(`the webhook answered ${answer.status}`)
  const { sql, end } = connect(databaseUrl, { max: 1 })
  const [row] =
    await sql`select max(id)::int as id from raw_events where position(${commandUuid} in convert_from(body, 'UTF8')) > 0`
  await end()
  return Number(row?.id)
}

/** Posts a signed answer of a device that is not in the lab; returns the ID of the stored event. */
export const postAsUnknownDevice = (): Promise<number> =>
  postAnswer({
    enrollmentId: `nobody-${randomUUID()}`,
    commandUuid: randomUUID(),
    status: 'Acknowledged',
  })

/**
 * Answers the queued command of an offline virtual device in its place, for answers that no virtual
 * device gives.
 */
export async function answerFor(
  labTag: string,
  requestType: string,
  { status, keys }: Pick<Answer, 'status' | 'keys'>,
): Promise<void> {
  const { enrollmentId } = await virtualDevice(labTag)
  const { sql, end } = connect(readFacts().databaseUrl, { max: 1 })
  const find = async () => {
    const [row] = await sql`select command_uuid from commands
      where enrollment_id = ${enrollmentId} and request_type = ${requestType} and state = 'queued'
        and answered_at is null`
    return row ? String(row.command_uuid) : undefined
  }
  await expect.poll(find).toBeDefined()
  const commandUuid = (await find()) ?? ''
  await end()
  await postAnswer({ enrollmentId, commandUuid, status, ...(keys && { keys }) })
}
