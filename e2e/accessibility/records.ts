import { randomUUID } from 'node:crypto'
import { makeApiKey } from '@/lib/core/accounts/api-keys'
import { invitePerson } from '@/lib/core/accounts/one-time-links'
import { holdDevice } from '@/lib/core/devices/hold-device'
import { retireDevice } from '@/lib/core/devices/retire-device'
import { recordOsChange } from '@/lib/core/ingest/detect-os-change'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { readOrSetAside } from '@/lib/core/ingest/read-kept-event'
import { sendTestNotice } from '@/lib/core/notices/save-target'
import { changeRadar } from '@/lib/core/record/change-radar'
import { observe } from '@/lib/core/record/observe'
import { answerQuery, askQuery } from '@/lib/core/record/query-trial'
import { approve, lock, reviewer } from '@/lib/core/record/review.testing'
import { recordSecondReading } from '@/lib/core/record/second-reading'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { proposeRadar, writeRadar } from '@/lib/core/record/write-radar'
import { twoOrders } from '@/lib/core/testing/arms'
import { addDevice, addServer, readingsOf } from '@/lib/core/testing/device'
import { admin, engineer, later, lead, must } from '@/lib/core/testing/people'
import {
  armedTrial,
  proofOf,
  releaseSigned,
  reviewedProtocol,
  seenSlot,
  sentTrial,
  twoSlots,
} from '@/lib/core/testing/trial'
import { answerBody, checkinBody } from '@/lib/core/testing/webhook'
import { voidTrial, withdrawTrial } from '@/lib/core/trials/close-trial'
import { draftTrial, registerTrial } from '@/lib/core/trials/prepare-trial'
import { type Connection, connect, type Db } from '@/lib/db/client'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { putServerSilence } from '@/lib/db/queries/servers/server-checks'
import { aClaim, aFrozenReport, aNoticeTarget } from '../access/http-lab'

/** IDs of records; events, trials and devices by the state that makes their page different. */
export type Records = {
  protocol: string
  /** Its trials are assigned to arms. */
  armProtocol: string
  server: string
  events: Record<string, string>
  trials: Record<string, string>
  devices: Record<string, string>
  /** A filed one and a draft, both written from a trial. */
  radars: Record<string, string>
  noticeTarget: string
  claim: string
  /** Of an unused invitation. */
  linkToken: string
}

/** Adds records to a demo lab that put each page into its main states. */
export async function addRecords(databaseUrl: string): Promise<Records> {
  const connection = connect(databaseUrl, { max: 2 })
  const { db, sql } = connection
  try {
    const trials = { ...(await trialsBefore(db)), ...(await trialsAfter(db)) }
    const devices = await addDevices(connection)
    const radars = await addRadars(connection, trials.locked ?? '')
    const claim = await aClaim(connection)
    await aFrozenReport(connection)
    const events = await addEvents(connection)
    const noticeTarget = await addNotices(connection)
    await addSilentServer(db)
    await addOwnKeys(connection)
    const invitation = { email: 'new@lab.example', role: 'engineer' } as const
    const { token } = must(await invitePerson(db, admin, invitation, new Date()), 'made')
    const [ids] = await sql`select
      (select protocol_id from protocol_versions order by id limit 1) as protocol,
      (select v.protocol_id from trials t join protocol_versions v on v.id = t.protocol_version_id
        where t.id = ${trials['in an arm'] ?? ''}) as arm_protocol,
      (select id from mdm_servers where slug = 'virtual-lab') as server`
    const { protocol, server } = { protocol: String(ids?.protocol), server: String(ids?.server) }
    return {
      armProtocol: String(ids?.arm_protocol),
      ...{ protocol, server, events, trials, devices, radars },
      ...{ noticeTarget, claim, linkToken: token },
    }
  } finally {
    await connection.end()
  }
}

/** A receiver that cannot be reached, with one delivery that waits and one that was given up. */
async function addNotices({ db, sql }: Connection): Promise<string> {
  const target = await aNoticeTarget({ db })
  must(await sendTestNotice(db, admin, target, new Date()), 'queued')
  const { deliveryId } = must(await sendTestNotice(db, admin, target, new Date()), 'queued')
  await sql`update notice_deliveries set state = 'givenUp', tries = 8, ended_at = now(), last_at = now(),
    claimed_until = null, last_reason = 'the receiver answered 500' where id = ${deliveryId}`
  return target
}

/** A report from a trial, as the form proposes it; one of them is filed. */
async function addRadars({ db }: Connection, trialId: string): Promise<Record<string, string>> {
  const origin = { trialId }
  const write = async () => {
    const { content } = must(await proposeRadar(db, engineer, origin), 'proposed')
    return must(await writeRadar(db, engineer, { origin, content }, new Date()), 'written').radarId
  }
  const [draft, filed] = [await write(), await write()]
  const change = { radarId: filed, kind: 'filed', number: '45000001', trials: '' } as const
  const reason = 'Sent by Feedback Assistant.'
  must(await changeRadar(db, lead, { ...change, reason }, new Date()), 'changed')
  return { draft, filed }
}

const sightingOf = (trialId: string) => ({
  trialId,
  observedAt: later(900),
  nonce: randomUUID(),
  kind: 'promptShown' as const,
  text: 'A prompt with “Install tonight”',
})

/** Trials before their first command is sent. */
async function trialsBefore(db: Db): Promise<Record<string, string>> {
  const at = new Date()
  const device = await addDevice(db, { simulated: true, at })
  const versionId = await reviewedProtocol(db, twoSlots, at)
  const plan = { deviceId: device.id, protocolVersionId: versionId, expectation: 'It installs.' }
  const draft = must(await draftTrial(db, engineer, plan, at), 'done').trialId
  const other = await addDevice(db, { simulated: true, at })
  const second = { ...plan, deviceId: other.id }
  const registered = must(await draftTrial(db, engineer, second, at), 'done').trialId
  must(await registerTrial(db, engineer, { trialId: registered }, at), 'done')
  const armed = await armedTrial(db, { simulated: true, at })
  const inArm = await armedTrial(db, { simulated: true, at, plan: twoOrders })
  const twoPeople = { ...twoSlots, title: 'Two people release', twoPersonRelease: true }
  const counterSign = await armedTrial(db, { simulated: true, at, plan: twoPeople })
  const notQualified = await armedTrial(db, { simulated: true, at, but: { batteryLevel: 0.1 } })
  const held = await armedTrial(db, { simulated: true, at })
  const seen = await seenSlot(db, held.trialId, 1, at)
  must(await releaseSigned(db, engineer, seen, at), 'released')
  return {
    draft,
    registered,
    armed: armed.trialId,
    'in an arm': inArm.trialId,
    'needs a second person': counterSign.trialId,
    'does not qualify': notQualified.trialId,
    held: held.trialId,
  }
}

/** Trials whose command was sent, and ended ones. */
async function trialsAfter(db: Db): Promise<Record<string, string>> {
  const unsure = { outcome: 'unconfirmed', reason: 'no answer within 30 s' } as const
  const unconfirmed = await sentTrial(db, { simulated: true, result: unsure })
  const observing = await sentTrial(db, { simulated: true })
  must(await observe(db, engineer, sightingOf(observing.trialId), later(901)), 'logged')
  const real = await sentTrial(db, {})
  const concluded = (outcome: 'refused' | 'installedAsExpected', simulated = true) =>
    concludedTrial(db, { simulated, outcome })
  const toReview = await concluded('installedAsExpected')
  const queried = await concluded('refused')
  const question = { field: 'outcome', text: 'Who watched the progress bar to its end?' }
  const asked = must(
    await askQuery(db, reviewer, { trialId: queried.trialId, ...question }, later(1500)),
    'recorded',
  )
  const answer = { trialId: queried.trialId, queryId: asked.id, text: 'I did, until it was dark.' }
  must(await answerQuery(db, engineer, answer, later(1600)), 'recorded')
  const forTwo = { ...twoSlots, title: 'Read by two people', secondReader: true }
  const readByTwo = () => concludedTrial(db, { plan: forTwo, simulated: true, outcome: 'refused' })
  const [toRead, disputed] = [await readByTwo(), await readByTwo()]
  const second = { trialId: disputed.trialId, outcome: 'lost' as const, reason: 'nothing was seen' }
  must(await recordSecondReading(db, reviewer, second, later(1000)), 'recorded')
  const approved = await concluded('installedAsExpected')
  must(await approve(db, approved.trialId), 'sealed')
  const locked = await concluded('installedAsExpected', false)
  must(await approve(db, locked.trialId), 'sealed')
  must(await lock(db, locked.trialId), 'sealed')
  const reason = 'the wrong cable was used'
  const withdrawn = await sentTrial(db, { simulated: true })
  must(await withdrawTrial(db, lead, { trialId: withdrawn.trialId, reason }, later(950)), 'closed')
  const { trialId: voided } = await sentTrial(db, { simulated: true })
  const proofId = await proofOf(db, lead, 'voidTrial', voided, later(950))
  must(await voidTrial(db, lead, { trialId: voided, reason, proofId }, later(950)), 'closed')
  return {
    unconfirmed: unconfirmed.trialId,
    observing: observing.trialId,
    'observing, real': real.trialId,
    concluded: toReview.trialId,
    'in review': queried.trialId,
    'awaits second reading': toRead.trialId,
    'readers disagree': disputed.trialId,
    approved: approved.trialId,
    locked: locked.trialId,
    withdrawn: withdrawn.trialId,
    void: voided,
  }
}

async function addDevices({ db, sql }: Connection): Promise<Record<string, string>> {
  const at = new Date()
  const reason = 'kept for the verification of a fix'
  const [seeded] = await sql`select id from devices where lab_tag = 'B-01'`
  const reserved = await addDevice(db, { simulated: true, at })
  must(
    await holdDevice(
      db,
      lead,
      { deviceId: reserved.id, reason, until: new Date(at.getTime() + 86_400_000 * 30) },
      at,
    ),
    'held',
  )
  const retired = await addDevice(db, { simulated: true, at })
  must(await retireDevice(db, lead, { deviceId: retired.id, to: 'retired', reason }, at), 'retired')
  const updated = await addDevice(db, { simulated: true })
  await insertReadings(db, updated.id, readingsOf({ osVersion: '12.1' }, later(100)))
  await recordOsChange(db, updated.id, { at: later(100) }, later(101))
  const foreign = await addDevice(db, { simulated: true, at })
  await storeEvent(
    { db, sql },
    foreign,
    checkinBody('Authenticate', foreign.enrollmentId, otherSerial),
  )
  const real = await addDevice(db, { at })
  return {
    'from the demo': String(seeded?.id),
    reserved: reserved.id,
    retired: retired.id,
    'updated outside a trial': updated.id,
    'with an alarm': foreign.id,
    real: real.id,
  }
}

const otherSerial = '<key>SerialNumber</key><string>C39OTHER0001</string>'

/** Stores a body as the webhook does and reads it as the worker does. Returns the ID of the event. */
async function storeEvent(
  { db }: Pick<Connection, 'db' | 'sql'>,
  { mdmServerId }: { mdmServerId: string },
  body: Uint8Array,
): Promise<string> {
  const at = new Date()
  const id = await keepEvent(db, mdmServerId, body, at)
  if (id === undefined) throw new Error('the event was not kept')
  await readOrSetAside(db, id, at)
  return String(id)
}

async function addSilentServer(db: Db): Promise<void> {
  const at = new Date()
  const reason = 'connect ECONNREFUSED 127.0.0.1:9'
  await putServerSilence(db, await addServer(db), { at, reason, nextTryAt: () => at })
}

/** An error chain with a code that is in no table. */
const failed = `<key>ErrorChain</key><array><dict><key>ErrorCode</key><integer>91919</integer>
  <key>ErrorDomain</key><string>LabErrorDomain</string>
  <key>LocalizedDescription</key><string>Nobody knows</string></dict></array>`

async function addEvents(connection: Connection): Promise<Record<string, string>> {
  const { db } = connection
  const { device, commandUuid } = await sentTrial(db, { simulated: true })
  const { enrollmentId } = device
  const failure = { enrollmentId, commandUuid, status: 'Error', keys: failed }
  const stranger = { enrollmentId: randomUUID(), commandUuid: randomUUID(), status: 'Idle' }
  return {
    read: await storeEvent(connection, device, answerBody(failure)),
    unmatched: await storeEvent(connection, device, answerBody(stranger)),
    unreadable: await storeEvent(connection, device, new TextEncoder().encode('{"topic":')),
  }
}

/** Gives each person of the demo an API key, so that the table of keys is not empty. */
async function addOwnKeys({ db, sql }: Connection): Promise<void> {
  const people = await sql<{ id: string; name: string; role: 'viewer' }[]>`
    select id, name, role from users`
  for (const person of people) {
    const key = { name: 'Dashboard', scopes: ['read'] as const, days: 30 }
    must(await makeApiKey(db, person, key, new Date()), 'made')
  }
}
