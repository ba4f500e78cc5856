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

/** Records that exist: a trial under way, made by Erin (`e1`), on a device and a server of its own. */
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

/** Ids of the right form that name nothing. The rows, which a page has read, stay. */
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

/** Erin has made the records; everybody else meets them as another's. */
const makers = [
  ['their own', 'e1'],
  ['another’s', 'x9'],
] as const

const asked = Object.keys(calls)
const permissionOf = (name: string) => services[name] as Exclude<Permission, 'carryOn'> // matrix.access.ts holds it.
const may = (role: Role, name: string) => whoMay[permissionOf(name)]?.includes(role) === true

/** What came of a call: the refusal in words, whether it was returned or thrown; undefined for any other end. */
async function refusalOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    const result = await call()
    if (typeof result !== 'object' || result === null || !('reason' in result)) return undefined
    return String(result.reason)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Everything the database holds, one hash per table. */
async function everything(): Promise<Record<string, string>> {
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
  'F42 a %s is refused what the matrix does not allow, and nothing is written',
  async (role) => {
    const records = await existing(lab.db)
    const before = await everything()
    const wrong: string[] = []
    for (const name of asked.filter((name) => !may(role, name)))
      for (const [whose, id] of makers)
        for (const about of [records, absent(records)]) {
          const actor: Actor = { id, name: 'Somebody', role }
          const got = await refusalOf(async () => calls[name]?.(lab.db, actor, about))
          const due = refusalFor(actor, permissionOf(name))
          if (due === undefined || got !== due)
            wrong.push(`${name} on ${about === records ? whose : 'an absent'} record: ${got}`)
        }
    expect(wrong, 'let in, or refused for another reason than the role').toEqual([])
    expect(await everything()).toEqual(before)
  },
)

/** Permissions inside another: whoever may ask may withdraw a question and conclude as proposed, and no more. */
const deeper: Record<string, Permission> = {
  'conclude-trial.concludeTrial': 'overruleOutcome',
  'withdraw-command.withdrawCommand': 'withdrawCommand',
}

test.each(roles)('F42 a %s is not refused for the role what the matrix allows', async (role) => {
  const records = await existing(lab.db)
  const wrong: string[] = []
  for (const name of asked.filter((name) => may(role, name)))
    for (const [whose, id] of makers)
      for (const about of [records, absent(records)]) {
        const actor: Actor = { id, name: 'Somebody', role }
        const got = await refusalOf(async () => calls[name]?.(lab.db, actor, about))
        const further = deeper[name] && refusalFor(actor, deeper[name])
        if (got?.startsWith('This needs the role') && (got !== further || about !== records))
          wrong.push(`${name} on ${about === records ? whose : 'an absent'} record: ${got}`)
      }
  expect(wrong).toEqual([])
})

/**
 * Services that take no id make their own record, or ask for the own password before they look for one;
 * there is nothing absent about it.
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
  'export-csv.exportCsv',
  'import-devices.badRowsCsv',
  'import-devices.importDevices',
  'import-devices.previewImport',
  'import-feed.importFeed',
  'fetch-feeds.chooseDailySources',
  'assess.assessProtocolFits',
  'assess.assessTrialFit',
  'assess.assessDevice',
  'assess.assessOutcome',
  'one-time-links.invitePerson',
  'export-csv.recheckSignatures',
  'reread-events.rereadEvents',
  'save-protocol.saveProtocol',
  'counter-sign.listWaitingReleases',
]

/** Whoever has the permission has used one of their allowed actions, whatever they named. */
async function everythingButTurns() {
  const { rate_limits: _, ...rest } = await everything()
  return rest
}

test('F41 an id that names nothing is refused in words, and nothing is written', async () => {
  const records = absent(await existing(lab.db))
  const before = await everythingButTurns()
  const wrong: string[] = []
  for (const name of asked.filter((one) => !takesNoId.includes(one)))
    for (const role of roles.filter((one) => may(one, name))) {
      const got = await refusalOf(async () =>
        calls[name]?.(lab.db, { id: 'x9', name: 'Somebody', role }, records),
      )
      if (!got || /[Ff]ailed query|undefined|null/.test(got))
        wrong.push(`${name} as ${role}: ${got}`)
    }
  expect(wrong).toEqual([])
  expect(await everythingButTurns()).toEqual(before)
})
