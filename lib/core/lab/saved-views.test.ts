import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSavedView, listSavedViews } from '@/lib/db/queries/saved-views'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { maxViews } from '@/lib/domain/saved-view'
import { engineer, later, lead, must, now } from '../testing/people'
import { changeView, deleteView, saveView } from './saved-views'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const viewer: Actor = { id: 'v1', name: 'Vic', role: 'viewer' }
const view = (name: string, shared = false) => ({
  ...{ name, shared, page: 'outcomes' as const },
  filters: { version: '11.4', environment: 'real' },
})
const save = async (actor: Actor, name: string, shared = false) =>
  must(await saveView(lab.db, actor, view(name, shared), now), 'saved').viewId
const seenBy = async (actor: Actor) =>
  (await listSavedViews(lab.db, actor.id)).map(({ name }) => name)

test('a view is its owner’s until it is shared, and everybody opens a shared one', async () => {
  const viewId = await save(engineer, 'Prompt on 11.4')
  expect(await seenBy(lead)).not.toContain('Prompt on 11.4')
  expect(await findSavedView(lab.db, viewId, lead.id)).toBeUndefined()
  must(
    await changeView(lab.db, engineer, { viewId, name: 'Prompts', shared: true }, later(5)),
    'changed',
  )
  expect(await seenBy(viewer)).toContain('Prompts')
  expect(await findSavedView(lab.db, viewId, viewer.id)).toMatchObject({
    ...{ page: 'outcomes', query: 'environment=real&version=11.4', ownerName: 'Erin' },
  })
})

test('a name is used once by a person and once among the shared, in any letter case', async () => {
  const viewId = await save(engineer, 'Twice')
  const taken = { status: 'refused', field: 'name' }
  expect(await saveView(lab.db, engineer, view(' TWICE '), now)).toMatchObject(taken)
  const other = await save(lead, 'Twice', true)
  expect(
    await changeView(lab.db, engineer, { viewId, name: 'Twice', shared: true }, now),
  ).toMatchObject(taken)
  expect(await findSavedView(lab.db, viewId, engineer.id)).toMatchObject({ shared: false })
  must(await deleteView(lab.db, lead, { viewId: other }), 'deleted')
  must(await changeView(lab.db, engineer, { viewId, name: 'Twice', shared: true }, now), 'changed')
})

test('of equal names saved at once one is kept', async () => {
  const results = await Promise.all(
    Array.from({ length: 5 }, () => saveView(lab.db, engineer, view('At once'), now)),
  )
  expect(results.filter(({ status }) => status === 'saved')).toHaveLength(1)
})

test('filters that the page would not read, bad names and sharing by a viewer are refused', async () => {
  const refused = async (given: Partial<ReturnType<typeof view>>, actor: Actor = engineer) =>
    saveView(lab.db, actor, { ...view(randomUUID()), ...given } as ReturnType<typeof view>, now)
  expect(await refused({ filters: { weather: 'wet' } as never })).toMatchObject({
    ...{ status: 'refused', field: 'filters', reason: expect.stringContaining('weather') },
  })
  expect(await refused({ name: ' ' })).toMatchObject({ status: 'refused', field: 'name' })
  expect(await refused({ shared: true }, viewer)).toMatchObject({ status: 'refused' })
  must(await saveView(lab.db, viewer, view('Vic’s own'), now), 'saved')
})

test('another person’s view is changed by nobody, and a shared one deleted by a lead at most', async () => {
  const [own, shared] = [await save(engineer, 'Own'), await save(engineer, 'Shared', true)]
  const gone = { status: 'refused', reason: expect.stringContaining('no such view') }
  expect(
    await changeView(lab.db, lead, { viewId: own, name: 'x', shared: false }, now),
  ).toMatchObject(gone)
  expect(await deleteView(lab.db, lead, { viewId: own })).toMatchObject(gone)
  expect(await deleteView(lab.db, lead, { viewId: randomUUID() })).toMatchObject(gone)
  expect(await deleteView(lab.db, lead, { viewId: 'x' })).toMatchObject(gone)
  const byOwner = { status: 'refused', reason: expect.stringContaining('Only Erin') }
  expect(
    await changeView(lab.db, lead, { viewId: shared, name: 'x', shared: false }, now),
  ).toMatchObject(byOwner)
  expect(await deleteView(lab.db, viewer, { viewId: shared })).toMatchObject(byOwner)
  must(await deleteView(lab.db, lead, { viewId: shared }), 'deleted')
})

test('a person has so many views at most, and the trail has their ends', async () => {
  const hoarder: Actor = { id: 'h1', name: 'Hal', role: 'engineer' }
  await lab.sql`insert into saved_views (name, page, query, shared, owner_id, owner_name, saved_at, changed_at)
    select 'View ' || n, 'trials', '', false, ${hoarder.id}, 'Hal', now(), now() from generate_series(1, ${maxViews}) n`
  expect(await saveView(lab.db, hoarder, view('One more'), now)).toMatchObject({
    ...{ status: 'refused', reason: expect.stringContaining(String(maxViews)) },
  })
  const rows =
    await lab.sql`select by_name from audit_log where table_name = 'saved_views' and kind = 'delete'`
  expect(rows.map(({ by_name }) => by_name)).toEqual(['Lee', 'Lee'])
})
