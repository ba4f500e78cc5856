import { afterAll, beforeAll, expect, test } from 'vitest'
import { findLatestCheck } from '@/lib/db/queries/servers/server-checks'
import {
  findServer,
  insertServer,
  listServers,
  updateServer,
} from '@/lib/db/queries/servers/servers'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { listDeclarationSteps, listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { DeclarationServer } from '@/lib/mdm/declarations/declaration-server'
import { keepEvent } from '../ingest/keep-events'
import { deliver } from '../release/deliver'
import { removeDeclaration } from '../release/remove-declarations'
import { settleByDevice } from '../release/settle-declaration'
import { withdrawDeclaration } from '../release/withdraw-declaration'
import type { MdmServers } from '../shared/mdm-servers'
import { declaringServer } from '../testing/declaration-server'
import { releasedDeclaration } from '../testing/declaration-trial'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { admin, later, lead, must } from '../testing/people'
import { armedTrial, proofOf } from '../testing/trial'
import { checkinBody } from '../testing/webhook'
import { checkServer } from './check-server'
import { type SaveServer, saveServer } from './save-server'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const declarationsKey = 'a-canary-key-of-kmfddm'
const wished = (slug: string): SaveServer => ({
  ...{ name: slug, slug, url: `https://mdm.example/${slug}` },
  ...{ apiKey: 'the-api-key-of-16', hmacKey: 'the-webhook-key-of-16' },
  ...{ declarationsUrl: `https://ddm.example/${slug}`, declarationsKey },
})
const added = async (slug: string) => must(await saveServer(lab.db, admin, wished(slug)), 'saved')
const stored = async (id: string) => {
  const server = await findServer(lab.db, id)
  if (!server) throw new Error('it is not there')
  return server
}
/** An admin's edit of the form of a server that is there. */
async function edit(id: string, change: Partial<SaveServer>) {
  const { name, slug, url } = await stored(id)
  return saveServer(lab.db, admin, { id, name, slug, url, ...change })
}

test('address and key are stored, the key sealed and known by its hash, and no page or trail has it', async () => {
  const { serverId } = await added('kept')
  const server = await stored(serverId)
  expect(server).toMatchObject({
    declarationsUrl: 'https://ddm.example/kept',
    declarationsAddress: 'ddm.example:443/kept',
    declarationsKey,
  })
  expect(server.declarationsKeySha256).toMatch(/^[0-9a-f]{64}$/)
  const rows = await lab.sql`select m::text as text from mdm_servers m union all
    select a::text from audit_log a`
  expect(JSON.stringify(rows)).not.toContain('canary')
  expect(JSON.stringify(await listServers(lab.db))).not.toContain('canary')
  const [entry] = await lab.sql`select new from audit_log
    where table_name = 'mdm_servers' and row_id = ${serverId}`
  expect(entry?.new).toMatchObject({ declarations_key: '(secret)' })
})

test('a blank key keeps the stored one, and no address removes both', async () => {
  const { serverId } = await added('edited')
  must(await edit(serverId, { declarationsUrl: 'https://ddm.example/moved/' }), 'saved')
  expect(await stored(serverId)).toMatchObject({
    declarationsUrl: 'https://ddm.example/moved',
    declarationsKey,
  })
  must(await edit(serverId, { name: 'Renamed' }), 'saved')
  expect(await stored(serverId)).toMatchObject({ declarationsKey, name: 'Renamed' })
  must(await edit(serverId, { declarationsUrl: '' }), 'saved')
  expect(await stored(serverId)).toMatchObject({
    ...{ declarationsUrl: null, declarationsAddress: null },
    ...{ declarationsKey: '', declarationsKeySha256: '' },
  })
})

test.each([
  ['no key', { declarationsKey: undefined }, 'declarationsKey'],
  ['a known key', { declarationsKey: 'kmfddm' }, 'declarationsKey'],
  ['plain HTTP elsewhere', { declarationsUrl: 'http://ddm.example' }, 'declarationsUrl'],
  ['a metadata service', { declarationsUrl: 'https://169.254.169.254' }, 'declarationsUrl'],
  ['its own address', { declarationsUrl: 'https://MDM.example:443/wrong/' }, 'declarationsUrl'],
  ['a kind that takes commands only', { kind: 'micromdm' as const }, 'declarationsUrl'],
])('%s is refused at its field', async (_what, change, field) => {
  const result = await saveServer(lab.db, admin, { ...wished('wrong'), ...change })
  expect(result).toMatchObject({ status: 'refused', field })
  expect(JSON.stringify(result)).not.toContain('canary')
})

test('an address that another entry has is refused, whether as an MDM server or for declarations', async () => {
  await added('first')
  const second = wished('second')
  const refusals = [
    { ...second, declarationsUrl: 'https://ddm.example./first/' },
    { ...second, declarationsUrl: 'https://mdm.example/first' },
    { ...second, url: 'https://ddm.example/first' },
  ].map((wish) => saveServer(lab.db, admin, wish))
  for (const result of await Promise.all(refusals))
    expect(result).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('first has this address already'),
    })
  const both = await Promise.all([
    saveServer(lab.db, admin, { ...wished('one'), declarationsUrl: 'https://twin.example' }),
    saveServer(lab.db, admin, { ...wished('two'), url: 'https://twin.example' }),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['refused', 'saved'])
})

test('the database holds it too, and a virtual server is no way around it', async () => {
  const { serverId } = await added('held')
  const virtual = { ...wished('virtual'), apiKey: 'k', hmacKey: 'h', declarationsUrl: null }
  const other = await insertServer(lab.db, { ...virtual, kind: 'nanomdm', simulated: true })
  const taken = { url: 'https://mdm.example/held', apiKey: 'k' }
  await expect(updateServer(lab.db, other, { declarations: taken })).rejects.toThrow()
  for (const statement of [
    lab.sql`update mdm_servers set declarations_key = 'plain' where id = ${serverId}`,
    lab.sql`update mdm_servers set declarations_key = '' where id = ${serverId}`,
    lab.sql`update mdm_servers set declarations_url = url where id = ${serverId}`,
    lab.sql`update mdm_servers set declarations_url = null where id = ${serverId}`,
  ])
    await expect(statement).rejects.toThrow(/declarations|already/)
  const micro = await addServer(lab.db, false, {
    ...{ kind: 'micromdm', hmacKey: '', webhookTokenSha256: '0'.repeat(64) },
  })
  const beside = { url: 'https://ddm.example/micro', apiKey: 'a-key-of-sixteen-1' }
  await expect(updateServer(lab.db, micro, { declarations: beside })).rejects.toThrow()
})

test('while a trial is armed address and key stay, but a first one may be added', async () => {
  const { device } = await armedTrial(lab.db)
  const id = device.mdmServerId
  const first = { declarationsUrl: `https://ddm.example/${id}`, declarationsKey }
  must(await edit(id, first), 'saved')
  must(await edit(id, first), 'saved')
  for (const [change, field] of [
    [{ declarationsUrl: 'https://ddm.example/other' }, 'declarationsUrl'],
    [{ declarationsUrl: '' }, 'declarationsUrl'],
    [{ declarationsKey: 'another-key-of-sixteen' }, 'declarationsKey'],
  ] as const)
    expect(await edit(id, change)).toMatchObject({
      ...{ status: 'refused', field },
      reason: expect.stringMatching(/of KMFDDM cannot change now: trial T-\d+ is armed/),
    })
  await expect(
    lab.sql`update mdm_servers set declarations_key_sha256 = ${'1'.repeat(64)} where id = ${id}`,
  ).rejects.toThrow(/cannot change now/)
})

test('where a declaration may be kept the address stays until nothing of it is left, or somebody says that it is gone', async () => {
  const mdm = declaringServer()
  const trial = await releasedDeclaration(lab.db, mdm)
  const { commandUuid, trialId } = trial
  const id = trial.device.mdmServerId
  await deliver(lab.db, mdm.servers, commandUuid, () => later(121))
  const saw = { commandUuid, at: later(150), what: 'Asked' } as const
  expect(await settleByDevice(lab.db, saw, later(155))).toBe(true)
  const moved = { declarationsUrl: `https://ddm.example/moved-${id}` }
  const isRefused = async (words: RegExp) => {
    expect(await edit(id, moved)).toMatchObject({
      ...{ status: 'refused', field: 'leavesDeclarations' },
      reason: expect.stringMatching(words),
    })
    await expect(
      lab.sql`update mdm_servers set declarations_url = ${moved.declarationsUrl} where id = ${id}`,
    ).rejects.toThrow(/declarations of .* cannot change now: declaration 1 of trial T-\d+/)
  }
  await isRefused(/KMFDDM cannot change now: declaration 1 of trial T-\d+ is there, or may be/)
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(200))
  const input = { commandUuid, reason: 'the question has changed', proofId }
  must(await withdrawDeclaration(lab.db, lead, input, later(200)), 'withdrawing')
  mdm.state.fates = { removeActivation: 'cutBefore' }
  const command = await findCommand(lab.db, commandUuid)
  if (!command) throw new Error('it is not there')
  const round = (seconds: number) =>
    removeDeclaration({ db: lab.db, servers: mdm.servers, command, clock: () => later(seconds) })
  await round(202)
  await isRefused(/declaration 1 of trial T-\d+ is being taken back there/)
  // Its key may change: a refused one would keep the removal from its end.
  must(await edit(id, { declarationsKey: 'another-key-of-sixteen' }), 'saved')
  must(await edit(id, { ...moved, leavesDeclarations: true }), 'saved')
  const [change] = await lab.sql`select reason from audit_log
    where table_name = 'mdm_servers' and row_id = ${id} order by seq desc limit 1`
  expect(change?.reason).toContain('stay there')
  mdm.state.fates = {}
  await round(900)
  const [removal] = await listRemovals(lab.db, [commandUuid])
  expect(removal?.finishedAt).toBeNull()
  expect((await listDeclarationSteps(lab.db, [commandUuid])).at(-1)?.reason).toContain('now')
})

test('a withdrawn declaration that no device has fetched keeps nobody at a server that is gone', async () => {
  const mdm = declaringServer()
  const trial = await releasedDeclaration(lab.db, mdm)
  const { commandUuid, trialId } = trial
  const id = trial.device.mdmServerId
  await deliver(lab.db, mdm.servers, commandUuid, () => later(121))
  const moved = { declarationsUrl: `https://ddm.example/after-${id}` }
  const leaving = { ...moved, leavesDeclarations: true }
  // Nobody has withdrawn it: the device may still fetch it.
  expect(await edit(id, leaving)).toMatchObject({
    ...{ status: 'refused', field: 'declarationsUrl' },
    reason: expect.stringContaining('SoftwareUpdateEnforcement is queued'),
  })
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(200))
  const input = { commandUuid, reason: 'its server has burned down', proofId }
  must(await withdrawDeclaration(lab.db, lead, input, later(200)), 'withdrawing')
  expect(await edit(id, moved)).toMatchObject({ status: 'refused', field: 'leavesDeclarations' })
  // As in a request that no form makes.
  const strange = { ...leaving, storage: 'floppy' as 'file' }
  expect(await edit(id, strange)).toMatchObject({
    ...{ status: 'refused', field: 'storage' },
  })
  expect((await findCommand(lab.db, commandUuid))?.withdrawnAt).toBeNull()
  must(await edit(id, leaving), 'saved')
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    ...{ state: 'queued', withdrawnBy: lead.name },
    withdrawnReason: expect.stringContaining('burned down (its server of declarations was given'),
  })
  const [removal] = await listRemovals(lab.db, [commandUuid])
  expect(removal).toMatchObject({ detachedAt: null, finishedAt: null })
  const reasonOf = async () => {
    const [change] = await lab.sql`select reason from audit_log
      where table_name = 'mdm_servers' and row_id = ${id} order by seq desc limit 1`
    return change?.reason
  }
  expect(await reasonOf()).toContain('stay there')
  // At the new address nothing is left, so the tick box says nothing.
  must(
    await edit(id, {
      declarationsUrl: `https://ddm.example/third-${id}`,
      leavesDeclarations: true,
    }),
    'saved',
  )
  expect(await reasonOf()).toBeNull()
})

test('of two admins neither types over the address that the other saved', async () => {
  const { serverId } = await added('twice')
  const { name, slug, url, declarationsUrl } = wished('twice')
  const seen = { name, slug, url, declarationsUrl }
  must(await edit(serverId, { seen, declarationsUrl: 'https://ddm.example/theirs' }), 'saved')
  must(await edit(serverId, { seen, declarationsUrl, name: 'Mine' }), 'saved')
  expect(await stored(serverId)).toMatchObject({ declarationsUrl: 'https://ddm.example/theirs' })
  expect(
    await edit(serverId, { seen, declarationsUrl: 'https://ddm.example/mine', name: 'Mine' }),
  ).toMatchObject({
    ...{ status: 'refused', stored: { declarationsUrl: 'https://ddm.example/theirs' } },
    reason: expect.stringContaining('Address of KMFDDM is now “https://ddm.example/theirs”'),
  })
})

const notNeeded = () => Promise.reject(new Error('a check does not ask for it'))
const declarations: DeclarationServer = {
  name: 'KMFDDM',
  version: async () => ({ ok: false, reason: 'no answer', noAnswer: true }),
  tryKey: async () => ({ found: 'yes', reason: 'the key was taken' }),
  ...{ sets: notNeeded, step: notNeeded, read: notNeeded },
  ...{ notify: notNeeded, statusReport: notNeeded },
}
const withDeclarations = async () => ({ ...(await fakeServer().servers()), declarations })

async function findingsOf(serverId: string, servers: MdmServers = withDeclarations) {
  must(await checkServer(lab.db, servers, admin, { serverId }, () => later(1)), 'checked')
  const findings = (await findLatestCheck(lab.db, serverId))?.findings ?? []
  return findings.filter(({ what }) => what.startsWith('declarations'))
}

test('a check asks for version and key, and claims nothing about what reaches devices', async () => {
  const device = await addDevice(lab.db)
  const id = device.mdmServerId
  expect(await findingsOf(id)).toEqual([
    { what: 'declarationsReachable', found: 'yes', reason: 'no answer' },
    { what: 'declarationsKey', found: 'yes', reason: 'the key was taken' },
    {
      ...{ what: 'declarationsDelivered', found: 'unknown' },
      reason: expect.stringContaining('no device'),
    },
  ])
  const tokens = '<key>Endpoint</key><string>tokens</string>'
  const body = checkinBody('DeclarativeManagement', device.enrollmentId, tokens)
  await keepEvent(lab.db, id, body, later(2))
  const [, , delivered] = await findingsOf(id)
  expect(delivered).toMatchObject({ found: 'unknown', reason: expect.stringContaining('spoke') })
})

test('a server without declarations has no finding about them', async () => {
  const id = await addServer(lab.db)
  expect(await findingsOf(id, fakeServer().servers)).toEqual([])
})
