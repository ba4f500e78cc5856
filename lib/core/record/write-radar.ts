import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { knownIdentity } from '@/lib/db/queries/devices/device-identifiers'
import { listEventsOfTrial } from '@/lib/db/queries/events/event-list'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { listPeople } from '@/lib/db/queries/people/users'
import {
  findContradiction,
  insertRadar,
  insertRadarEvent,
  lockRadar,
} from '@/lib/db/queries/radars/radars'
import { findTrialVersion } from '@/lib/db/queries/trials/arms'
import { findTrial, type Trial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment, Platform } from '@/lib/domain/device/device'
import { acceptedVersion, parseVersion } from '@/lib/domain/device/os-version'
import { outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import { composeRadar, type RadarSource } from '@/lib/domain/radar/compose'
import {
  contentProblems,
  type RadarContent,
  type RadarText,
  radarTextLabels,
  radarTexts,
} from '@/lib/domain/radar/radar'
import { isCommonName, type KnownIdentifier, redactIdentifiers } from '@/lib/domain/radar/redact'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import { type ReadingField, type ReadingSource, readingFields } from '@/lib/domain/reading/reading'
import { readPlist, writePlist } from '@/lib/mdm/plist/plist'
import { withoutSecrets } from '@/lib/mdm/secrets'
import { mergeEdit } from '../shared/merge-edit'
import { forbidden, type Refusal, refused } from '../shared/result'

/** What a report is written from; one without a trial names what it is about. */
export type RadarOrigin =
  | { contradictionId: number }
  | { trialId: string }
  | { environment: Environment; platform: Platform; startVersion: string }

export type WriteRadar = { origin: RadarOrigin; content: RadarText }

const nothingToWriteFrom = refused(
  'There is no such contradiction or trial, or the trial has sent nothing yet.',
)

type Found = { source: RadarSource; known: KnownIdentifier[]; trial: Trial | undefined }

/**
 * The text of a report as the record gives it, with identifiers and secrets replaced.
 */
export async function proposeRadar(
  db: Db,
  actor: Actor,
  origin: Exclude<RadarOrigin, { environment: Environment }>,
): Promise<{ status: 'proposed'; content: RadarContent } | Refusal> {
  const no = forbidden(actor, 'writeRadar')
  if (no) return no
  const found = await sourceOf(db, origin)
  if (!found) return nothingToWriteFrom
  const content = redactContent(composeRadar(found.source), found.known)
  return { status: 'proposed', content }
}

/** Writes a report as a draft. Whatever identifies a device or a person is replaced before it is stored. */
export async function writeRadar(
  db: Db,
  actor: Actor,
  { origin, content }: WriteRadar,
  now: Date,
): Promise<{ status: 'written'; radarId: string } | Refusal> {
  const no = forbidden(actor, 'writeRadar')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const about = await aboutOf(tx, origin)
    if ('status' in about) return about
    const text = redactContent({ ...content, cites: about.cites }, about.known)
    const [problem] = contentProblems(text)
    if (problem) return refused(problem.reason, problem.field)
    const radar = await insertRadar(tx, { ...about.row, createdAt: now })
    await insertRadarEvent(tx, {
      ...by(actor, now),
      radarId: radar.id,
      kind: 'drafted',
      content: text,
    })
    return { status: 'written' as const, radarId: radar.id }
  })
}

export type EditRadar = {
  radarId: string
  content: RadarText
  /** The text that was typed over: what somebody else changed since is neither put back nor typed over. */
  seen?: RadarText | undefined
}

type Edited =
  | { status: 'written'; radarId: string }
  // With what somebody else saved meanwhile; an edit typed over that is taken.
  | (Refusal & { stored: RadarText })
  | Refusal

/** Replaces the text of a draft; what was filed stands as it was sent. */
export async function editRadar(
  db: Db,
  actor: Actor,
  { radarId, content: typed, seen }: EditRadar,
  now: Date,
): Promise<Edited> {
  const no = forbidden(actor, 'writeRadar')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const radar = await lockRadar(tx, radarId)
    if (!radar) return refused('There is no such radar.')
    if (radar.state !== 'drafted')
      return refused(`R-${radar.number} is filed: its text is kept unchanged.`)
    const stored: RadarText = radar.content ?? typed
    const edit = { seen: seen ?? stored, stored, typed }
    const { merged: content, overtaken } = mergeEdit(radarTexts, edit)
    if (overtaken.length > 0)
      return {
        ...refused(
          `Somebody else edited R-${radar.number} while you typed: ${overtaken.map((name) => radarTextLabels[name]).join(', ')}. Look at it, then save once more to put yours in its place.`,
        ),
        stored,
      }
    const { trialId, contradictionId } = radar
    const found =
      contradictionId !== null
        ? await sourceOf(tx, { contradictionId })
        : trialId !== null
          ? await sourceOf(tx, { trialId })
          : undefined
    const known = found?.known ?? (await peopleOf(tx))
    const text = redactContent({ ...content, cites: radar.content?.cites ?? [] }, known)
    const [problem] = contentProblems(text)
    if (problem) return refused(problem.reason, problem.field)
    await insertRadarEvent(tx, { ...by(actor, now), radarId, kind: 'edited', content: text })
    return { status: 'written' as const, radarId }
  })
}

export const by = ({ id, name, role }: Actor, at: Date) => ({
  at,
  byId: id,
  byName: name,
  byRole: role,
})

/** What the row of a new radar says, or why it cannot be written. */
async function aboutOf(tx: Db, origin: RadarOrigin) {
  if ('environment' in origin) {
    const { environment, platform, startVersion } = origin
    const version = startVersion.trim()
    if (version !== '' && !parseVersion(version))
      return refused(`Enter ${acceptedVersion}, or nothing.`, 'startVersion')
    const row = { platform, startVersion: version || null, simulated: environment === 'simulated' }
    return { row, cites: [], known: await peopleOf(tx) }
  }
  const found = await sourceOf(tx, origin)
  if (!found) return nothingToWriteFrom
  const { source, known, trial } = found
  return {
    row: {
      trialId: trial?.id ?? null,
      contradictionId: 'contradictionId' in origin ? origin.contradictionId : null,
      // The database copies these from the contradiction or the trial.
      platform: source.platform,
      startVersion: source.startVersion,
      simulated: source.simulated,
    },
    cites: source.contradiction?.cites ?? [],
    known,
  }
}

function redactContent(content: RadarContent, known: readonly KnownIdentifier[]): RadarContent {
  const texts = radarTexts.map((field) => [field, redactIdentifiers(content[field], known).trim()])
  return { ...content, ...Object.fromEntries(texts) }
}

async function sourceOf(
  db: Db,
  origin: { contradictionId: number } | { trialId: string },
): Promise<(Found & { source: { platform: Platform } }) | undefined> {
  const contradiction =
    'contradictionId' in origin ? await findContradiction(db, origin.contradictionId) : undefined
  if ('contradictionId' in origin && !contradiction) return undefined
  const trialId = 'trialId' in origin ? origin.trialId : contradiction?.trialId
  const trial = trialId ? await findTrial(db, trialId) : undefined
  const deviceId = contradiction?.deviceId ?? trial?.deviceId
  const device = deviceId ? await findDeviceRow(db, deviceId) : undefined
  const startVersion = contradiction?.osVersion ?? trial?.startOs
  if (!device || !startVersion) return undefined
  const version = trial && (await findTrialVersion(db, trial))
  const source = {
    platform: contradiction?.platform ?? device.platform,
    startVersion,
    startBuild: trial?.startOs === startVersion ? (trial.startBuild ?? undefined) : undefined,
    modelIdentifier: trial?.startingFacts?.modelIdentifier ?? device.modelIdentifier ?? undefined,
    plan: version?.plan,
    readings: trial ? readingsOf(trial) : [],
    contradiction,
    ended: trial && endOf(trial),
    reply: contradiction
      ? replyText((await findRawEvent(db, contradiction.rawEventId))?.payload)
      : trial && (await firstReply(db, trial.id)),
    trialNumber: trial?.number,
    simulated: contradiction?.simulated ?? device.simulated,
  }
  return { source, known: [...(await identifiersOf(db, device)), ...(await peopleOf(db))], trial }
}

/** What a reader needs to set up the same state. The name of the network is nobody's business. */
const shownReadings = [
  ...['supervised', 'depEnrolled', 'passcodePresent', 'batteryLevel', 'externalPower'],
  ...['network', 'freeCapacity', 'automaticUpdatesOff', 'activeDeclaration'],
] as ReadingField[]

const readingsOf = ({ startingState }: Trial) =>
  shownReadings.flatMap((field) => {
    const reading = startingState?.[field]
    if (reading?.value === undefined) return []
    const value = describeReading(field, reading.value)
    return [{ label: readingFields[field].label, value: `${value}${howRead(reading.source)}` }]
  })

function howRead(source: ReadingSource): string {
  if (source === 'typed') return ' (entered by a person)'
  return source === 'usb' ? ' (read over USB)' : ''
}

function endOf({ outcome, endOs, startOs }: Trial): string | undefined {
  const known = outcomes.find((one) => one === outcome)
  const at = endOs && endOs !== startOs ? `, on ${endOs}` : ''
  return known && `${outcomeInfo[known].label.replace(/^./, (first) => first.toLowerCase())}${at}`
}

/** The first answer to a command of the trial that is more than NotNow. */
async function firstReply(db: Db, trialId: string): Promise<string | undefined> {
  const replies = await listEventsOfTrial(db, trialId)
  const first = replies.find(
    ({ requestType, status }) =>
      requestType === 'ScheduleOSUpdate' && status !== null && status !== 'NotNow',
  )
  return replyText(first?.payload)
}

/** A reply as XML, so that its types can be read, without the device's secrets. */
function replyText(payload: Uint8Array | null | undefined): string | undefined {
  const plist = payload ? readPlist(payload) : undefined
  if (!plist?.ok) return undefined
  return Buffer.from(writePlist(withoutSecrets(plist.value).value))
    .toString('utf8')
    .trim()
}

/** Whatever the lab knows by which a device, or who has it, can be found. */
export async function identifiersOf(
  db: Db,
  device: NonNullable<Awaited<ReturnType<typeof findDeviceRow>>>,
): Promise<KnownIdentifier[]> {
  const { udid, serial, imei, meid } = await knownIdentity(db, device)
  const { name, holder, location, enrollmentId } = device
  const texts: [string | null | undefined, string][] = [
    [serial, 'serial number'],
    [udid, 'UDID'],
    [imei, 'IMEI'],
    [meid, 'MEID'],
    [enrollmentId, 'enrollment ID'],
    [isCommonName(name) ? undefined : name, 'device name'],
    [holder, 'name'],
    [location, 'location'],
  ]
  return texts.flatMap(([text, word]) => (text ? [{ text, word }] : []))
}

const peopleOf = async (db: Db): Promise<KnownIdentifier[]> =>
  (await listPeople(db)).flatMap(({ name, email }) => [
    { text: name, word: 'name' },
    { text: email, word: 'mail address' },
  ])
