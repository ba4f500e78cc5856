import { MantineProvider } from '@mantine/core'
import { prerender } from 'react-dom/static'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { addDevice } from '@/lib/core/testing/device'
import { engineer } from '@/lib/core/testing/people'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import BudgetPage from './budget/page'
import ProcurementPage from './procurement/page'

const authorized = vi.hoisted((): { db: Db | undefined } => ({ db: undefined }))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () => Promise.resolve({ actor: engineer, db: authorized.db }),
}))
vi.mock('next/navigation', () => ({
  usePathname: () => '/plan',
  useRouter: () => ({ push: () => undefined, replace: () => undefined, refresh: () => undefined }),
}))
vi.mock('@/components/data/live', () => ({ LiveCharts: () => null }))
vi.mock('next/form', () => ({
  default: ({ children }: React.PropsWithChildren) => <form>{children}</form>,
}))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  authorized.db = lab.db
})
afterAll(() => lab.drop())

type Page = (props: { searchParams: Promise<Record<string, string>> }) => Promise<React.ReactNode>

async function textOf(page: Page, params: Record<string, string> = {}): Promise<string> {
  const shown = await page({ searchParams: Promise.resolve({ environment: 'real', ...params }) })
  const { prelude } = await prerender(<MantineProvider>{shown}</MantineProvider>)
  const html = await new Response(prelude).text()
  return html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
}

test('an empty lab has no budget and nothing to buy', async () => {
  expect(await textOf(BudgetPage)).toContain('No device yet')
  expect(await textOf(ProcurementPage)).toContain('Nothing to buy')
})

test('a device of unknown OS is counted as such, and a bad end keeps its text and names what is accepted', async () => {
  await addDevice(lab.db)
  await addDevice(lab.db, { but: { osVersion: undefined, osBuild: undefined } })
  const text = await textOf(BudgetPage, { ends: 'soon' })
  expect(text).toContain('1 device : ')
  expect(text).toContain('trials left , each by one mechanism . By command')
  expect(text).toContain('1 device more whose OS is not known')
  expect(text).toContain('“soon” is not valid for ends. Accepted: a day such as 2026-03-02.')
})

test('what the lab cannot cover is listed with the version to ask for', async () => {
  const text = await textOf(ProcurementPage)
  expect(text).toContain('1 question with fewer than 3 trials.')
  expect(text).toContain('iOS 12.0.1')
  expect(await textOf(ProcurementPage, { wanted: '1' })).toContain('Nothing to buy')
  expect(await textOf(ProcurementPage, { wanted: '99' })).toContain('a whole number from 1 to 10')
})
