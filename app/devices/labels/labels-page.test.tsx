import { MantineProvider } from '@mantine/core'
import { prerender } from 'react-dom/static'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { addServer } from '@/lib/core/testing/device'
import { engineer } from '@/lib/core/testing/people'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import LabelsPage from './page'

const authorized = vi.hoisted((): { db: Db | undefined } => ({ db: undefined }))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () => Promise.resolve({ actor: engineer, db: authorized.db }),
}))
vi.mock('@/lib/env', async (original) => ({
  ...(await original<object>()),
  env: () => ({ ONEWAY_BASE_URL: 'http://lab.example' }),
}))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined, replace: () => undefined }),
}))

let lab: TestDb
let ids: string[]
beforeAll(async () => {
  lab = await createTestDb()
  authorized.db = lab.db
  const serverId = await addServer(lab.db)
  const rows = await lab.sql`insert into devices (name, lab_tag, platform, mdm_server_id)
    select 'Phone', 'L-' || n, 'iOS', ${serverId} from generate_series(1, 203) n returning id`
  ids = rows.map(({ id }) => String(id))
})
afterAll(() => lab.drop())

async function pageHtml(id: string[]): Promise<string> {
  const page = await LabelsPage({ searchParams: Promise.resolve({ environment: 'real', id }) })
  const { prelude } = await prerender(<MantineProvider>{page}</MantineProvider>)
  return new Response(prelude).text()
}
const textOf = (html: string) =>
  html
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')

test('more devices than one print job takes are not left out without a word', async () => {
  const text = textOf(await pageHtml(ids))
  expect(text).toContain('These are the first 200 of 203. For the others select fewer devices')
  expect(text).toContain('200 labels. Print without scaling')
})

test('devices that all get a label have nothing said about others', async () => {
  const text = textOf(await pageHtml(ids.slice(0, 2)))
  expect(text).not.toContain('Not all of them')
  expect(text).toContain('2 labels. Print without scaling')
})
