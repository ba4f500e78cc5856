import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '@/lib/credentials/people'
import { type Connection, connect } from '@/lib/db/client'
import { copyExport } from '@/lib/db/queries/trials/exports'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { invitePerson, resetPassword, useLink } from '../accounts/one-time-links'
import { checkSignatures, sign } from '../kernel/sign'
import { admin, later, lead, must, now } from '../testing/people'
import { proofOf } from '../testing/trial'
import { copyTrial } from './copy-trial'
import { exportCsv } from './export-csv'
import { readTrial } from './read-record'
import { trialCopyText } from './trial-copy-format'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
let own: Connection
beforeAll(async () => {
  lab = await createTestDb()
  own = connect(lab.url, { max: 1 })
})
afterAll(async () => {
  await own.end()
  await lab.drop()
})

const hours = (n: number) => later(n * 3600)
const password = 'four words of mine'
let count = 0

async function person(name: string): Promise<Actor> {
  const email = `${name}${count++}@lab.example`
  const id = await createPerson(lab.db, { name, email, password: 'the old password', role: 'lead' })
  return { id, name, role: 'lead' }
}

/** An admin makes a link for a new password, and it is used. */
async function reset({ id }: Actor, at: Date, removesSecondFactors = false): Promise<void> {
  const input = { personId: id, removesSecondFactors }
  const { token } = must(await resetPassword(lab.db, admin, input, at), 'made')
  const opening = { token, address: `192.0.2.${count++}`, name: 'x', password }
  must(await useLink(lab.db, opening, at), 'set')
}

const trial = () => concludedTrial(lab.db, { outcome: 'installedAsExpected' })

async function signs(actor: Actor, trialId: string, at: Date): Promise<void> {
  const act = 'approve' as const
  const proofId = await proofOf(lab.db, actor, act, trialId, at)
  const signing = lab.db.transaction((tx) => sign(tx, actor, { trialId, act, proofId }, at))
  must(await signing, 'signed')
}

const approvals = async (trialId: string) =>
  (await checkSignatures(lab.db, trialId)).filter(({ act }) => act === 'approve')

test('signatures are marked for 24 hours after a reset of their signer, and no others', async () => {
  const [victim, other] = [await person('Vera'), await person('Otto')]
  const { trialId } = await trial()
  await reset(victim, hours(10))
  await signs(victim, trialId, new Date(hours(10).getTime() - 1))
  await signs(victim, trialId, hours(10))
  await signs(other, trialId, hours(11))
  await signs(victim, trialId, hours(34))
  await signs(victim, trialId, new Date(hours(34).getTime() + 1))
  const mark = { at: hours(10), byName: admin.name, removedSecondFactors: false }
  expect((await approvals(trialId)).map((one) => [one.byName, one.reset])).toEqual([
    ['Vera', undefined],
    ['Vera', mark],
    ['Otto', undefined],
    ['Vera', mark],
    ['Vera', undefined],
  ])
})

test('of two resets the newest is named, and whether one of them removed the second factors', async () => {
  const victim = await person('Vera')
  const { trialId } = await trial()
  await reset(victim, hours(1), true)
  await reset(victim, hours(2))
  await signs(victim, trialId, hours(3))
  expect((await approvals(trialId)).map(({ reset: mark }) => mark)).toEqual([
    { at: hours(2), byName: admin.name, removedSecondFactors: true },
  ])
})

test('an unused link or an invitation marks nothing', async () => {
  const unused = await person('Una')
  const link = { personId: unused.id, removesSecondFactors: true }
  // The second link withdraws the first and stays open.
  must(await resetPassword(lab.db, admin, link, now), 'made')
  must(await resetPassword(lab.db, admin, link, now), 'made')
  const email = 'ines@lab.example'
  const { token } = must(await invitePerson(lab.db, admin, { email, role: 'lead' }, now), 'made')
  must(
    await useLink(lab.db, { token, address: '198.51.100.1', name: 'Ines', password }, now),
    'set',
  )
  const [row] = await lab.sql<{ id: string }[]>`select id from users where email = ${email}`
  const invited: Actor = { id: row?.id ?? '', name: 'Ines', role: 'lead' }
  const { trialId } = await trial()
  await signs(unused, trialId, hours(1))
  await signs(invited, trialId, hours(1))
  expect((await approvals(trialId)).map(({ reset: mark }) => mark)).toEqual([undefined, undefined])
})

test('the copy, the export and the historical view have the mark', async () => {
  const victim = await person('Vera')
  const { trialId, device } = await trial()
  await reset(victim, hours(1), true)
  await signs(victim, trialId, hours(2))

  const { copy } = must(await copyTrial(lab.db, lead, { trialId }, hours(3)), 'copied')
  const row = {
    reset_at: hours(1).toISOString(),
    reset_by: admin.name,
    second_factors_removed: true,
  }
  expect(copy.record.signatures.map(({ act, after_reset }) => [act, after_reset])).toEqual([
    ['release', null],
    ['approve', row],
  ])
  expect(trialCopyText(copy)).toContain(
    `after_reset.reset_at: ${row.reset_at}\nafter_reset.reset_by: ${admin.name}\nafter_reset.second_factors_removed: true`,
  )

  const query = {
    kind: 'trials',
    environment: 'real',
    filter: { device: device.id },
    bom: false,
  } as const
  const ready = await exportCsv((asked) => copyExport(own.sql, asked), lead, query, hours(3))
  const csv = await new Response(must(ready, 'ready').body).text()
  // With columns: true every record is an object of texts.
  const [exported] = parse(csv, { columns: true }) as Record<string, string>[]
  const [release, approval] = exported?.signatures?.split('; ') ?? []
  expect(release).not.toContain('reset')
  expect(approval).toContain(
    `, within 24 h after a reset of the password and the second factors by ${admin.name} at ${row.reset_at}`,
  )

  const asOf = new Date().toISOString()
  const then = await readTrial(lab.db, lead, { id: trialId, asOf }, new Date())
  expect(must(then, 'shown').record.signatures.map(({ reset: mark }) => mark)).toEqual([
    undefined,
    { at: hours(1), byName: admin.name, removedSecondFactors: true },
  ])
})
