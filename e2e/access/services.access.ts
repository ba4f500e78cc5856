import { afterAll, beforeAll, expect, test } from 'vitest'
import { sentTrial } from '@/lib/core/testing/trial'
import { createPerson } from '@/lib/credentials/people'
import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findProtocolVersion } from '@/lib/db/queries/trials/protocols'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import {
  type Actor,
  type Permission,
  type Role,
  refusalFor,
  roles,
} from '@/lib/domain/account/permissions'
import { calls, type Records } from './calls'
import { services, whoMay } from './matrix'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const absentId = '11111111-1111-4111-8111-111111111111'

/** Records that exist: a trial under observation, made by Erin (`e1`), with its own device and server. */
async function existing(db: Db): Promise<Records> {
  const { trialId, device, commandUuid } = await sentTrial(db)
  const [trial, row] = [await findTrial(db, trialId), await findDeviceRow(db, device.id)]
  if (!trial || !row) throw new Error('the trial of the test is gone')
  const personId = await createPerson(db, {
    name: 'Vic',
    email: `${trialId}@lab.example`,
    password: 'a password of the matrix',
    role: 'viewer',
  })
  const version = await findProtocolVersion(db, trial.protocolVersionId)
  const serverSlug = (
    await lab.sql`select slug from mdm_servers where id = ${device.mdmServerId}`
  )[0]?.slug
  return {
    deviceId: device.id,
    trialId,
    protocolVersionId: version?.id ?? absentId,
    serverId: device.mdmServerId,
    serverSlug: String(serverSlug),
    commandUuid,
    personId,
    verdictId: 1,
    rowId: 1,
    device: row,
    trial,
  }
}

/** Well-formed IDs that do not exist. The rows stay: services take them as a page has read them. */
const absent = (records: Records): Records => ({
  ...records,
  deviceId: absentId,
  trialId: absentId,
  protocolVersionId: absentId,
  serverId: absentId,
  serverSlug: 'no-such-server',
  commandUuid: absentId,
  personId: absentId,
  verdictId: 2_000_000_000,
  rowId: 2_000_000_000,
})

/** Actors: the records' author, and somebody else. */
const actors = [
  ['their own', 'e1'],
  ['another’s', 'x9'],
] as const

const guarded = Object.keys(calls)
const permissionOf = (name: string) => services[name] as Exclude<Permission, 'carryOn'> // Checked by matrix.test.ts.
const may = (role: Role, name: string) => whoMay[permissionOf(name)]?.includes(role) === true

/** The reason of a returned refusal or the message of an error; undefined if the call was not refused. */
async function refusalOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    const result = await call()
    if (typeof result !== 'object' || result === null || !('reason' in result)) return undefined
    return String(result.reason)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A hash of each table's content. */
async function tableHashes(): Promise<Record<string, string>> {
  const tables = await lab.sql`select tablename from pg_tables where schemaname = 'public'`
  const hashes: Record<string, string> = {}
  for (const { tablename } of tables) {
    const [row] = await lab.sql`
      select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash
      from ${lab.sql(tablename)} t`
    hashes[tablename] = String(row?.hash)
  }
  return hashes
}

test.each(roles)(
  'F42 the role %s is refused what the matrix does not allow, and nothing is written',
  async (role) => {
    const records = await existing(lab.db)
    const before = await tableHashes()
    const wrong: string[] = []
    for (const name of guarded.filter((name) => !may(role, name)))
      for (const [whose, id] of actors)
        for (const about of [records, absent(records)]) {
          const actor: Actor = { id, name: 'Somebody', role }
          const got = await refusalOf(async () => calls[name]?.(lab.db, actor, about))
          const due = refusalFor(actor, permissionOf(name))
          if (due === undefined || got !== due)
            wrong.push(`${name} on ${about === records ? whose : 'an absent'} record: ${got}`)
        }
    expect(wrong, 'allowed, or refused for a reason other than the role').toEqual([])
    expect(await tableHashes()).toEqual(before)
  },
)

/** Further permissions that a call may need: to overrule an outcome, and to abandon an update command. */
const further: Record<string, Permission> = {
  'conclude-trial.concludeTrial': 'overruleOutcome',
  'withdraw-command.withdrawCommand': 'withdrawCommand',
}

test.each(roles)('F42 the role %s is not refused what the matrix allows', async (role) => {
  const records = await existing(lab.db)
  const wrong: string[] = []
  for (const name of guarded.filter((name) => may(role, name)))
    for (const [whose, id] of actors)
      for (const about of [records, absent(records)]) {
        const actor: Actor = { id, name: 'Somebody', role }
        const got = await refusalOf(async () => calls[name]?.(lab.db, actor, about))
        const permission = further[name]
        const due = permission && refusalFor(actor, permission)
        if (got?.startsWith('This needs the role') && (got !== due || about !== records))
          wrong.push(`${name} on ${about === records ? whose : 'an absent'} record: ${got}`)
      }
  expect(wrong).toEqual([])
})

/**
 * Services without an ID of a record, that check the password before they look for the record, or for which "none" is
 * an answer.
 */
const takesNoId = [
  'api-keys.makeApiKey',
  'change-settings.changeAccessSettings',
  'change-own-account.changeOwnName',
  'change-own-account.changeOwnPassword',
  'change-own-account.endOtherSessions',
  'change-own-account.removeAuthenticatorApp',
  'change-own-account.removePasskey',
  'change-settings.changeSettings',
  'claims.exportClaims',
  'saved-views.saveView',
  'export-charts.exportFlow',
  'export-charts.exportOutcomes',
  'export-charts.exportPredictions',
  'export-charts.exportAgreement',
  'export-charts.exportCurves',
  'export-charts.exportSurvival',
  'export-plan.exportBookings',
  'export-plan.exportBudget',
  'export-plan.exportBurnDown',
  'export-plan.exportProcurement',
  'time-events.timeEvents',
  'export-csv.exportCsv',
  'export-devices.exportDevices',
  'export-study.exportStudy',
  'make-lab-report.previewLabReport',
  'import-devices.badRowsCsv',
  'import-devices.importDevices',
  'import-devices.previewImport',
  'import-feed.importFeed',
  'fetch-feeds.chooseDailySources',
  'assess.assessProtocolFits',
  'booked-device.findBookedByOther',
  'verify-arms.verifyArms',
  'assess.assessTrialFit',
  'assess.assessDevice',
  'assess.assessOutcome',
  'one-time-links.invitePerson',
  'export-csv.recheckSignatures',
  'reread-events.rereadEvents',
  'save-protocol.saveProtocol',
  'protocol-file.readProtocolFile',
  'waiting-releases.listWaitingReleases',
  'list-waiting.listWaiting',
  'list-waiting.readHome',
]

/** Without `rate_limits`: a call with an absent ID counts as an action of the person, too. */
async function hashesWithoutRateLimits() {
  const { rate_limits: _, ...rest } = await tableHashes()
  return rest
}

test('F41 an absent ID is refused with a readable reason, and nothing is written', async () => {
  const records = absent(await existing(lab.db))
  const before = await hashesWithoutRateLimits()
  const wrong: string[] = []
  for (const name of guarded.filter((one) => !takesNoId.includes(one)))
    for (const role of roles.filter((one) => may(one, name))) {
      const got = await refusalOf(async () =>
        calls[name]?.(lab.db, { id: 'x9', name: 'Somebody', role }, records),
      )
      if (!got || /[Ff]ailed query|undefined|null/.test(got))
        wrong.push(`${name} as ${role}: ${got}`)
    }
  expect(wrong).toEqual([])
  expect(await hashesWithoutRateLimits()).toEqual(before)
})
