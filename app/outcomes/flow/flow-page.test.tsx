import { MantineProvider } from '@mantine/core'
import { prerender } from 'react-dom/static'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { engineer, must, now } from '@/lib/core/testing/people'
import { armedTrial, sentTrial } from '@/lib/core/testing/trial'
import { withdrawTrial } from '@/lib/core/trials/close-trial'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import FlowPage from './page'

const authorized = vi.hoisted((): { db: Db | undefined } => ({ db: undefined }))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () => Promise.resolve({ actor: engineer, db: authorized.db }),
}))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined, replace: () => undefined }),
}))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  authorized.db = lab.db
})
afterAll(() => lab.drop())

async function pageHtml(params: Record<string, string> = {}): Promise<string> {
  const page = await FlowPage({ searchParams: Promise.resolve({ environment: 'real', ...params }) })
  const { prelude } = await prerender(<MantineProvider>{page}</MantineProvider>)
  return new Response(prelude).text()
}
const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')

test('an empty lab has no diagram', async () => {
  expect(textOf(await pageHtml())).toContain('No trials yet')
})

test('each box and each reason is a number that links to its trials', async () => {
  await sentTrial(lab.db)
  const { trialId } = await armedTrial(lab.db)
  const reason = 'Not needed any more.'
  must(await withdrawTrial(lab.db, engineer, { trialId, reason }, now), 'closed')
  const html = await pageHtml()
  const text = textOf(html)
  expect(text).toContain('Registered 2')
  expect(text).toContain('Not released Withdrawn 1')
  expect(text).toContain('Not analysed Observing 1')
  // Once in the diagram and once in the table.
  for (const place of ['registered', 'notReleased%3Awithdrawn', 'notAnalysed%3Aobserving'])
    expect(html.split(`environment=real&amp;flow=${place}"`).length).toBe(3)
})

test('a filter that is not understood is reported, and the diagram shows all', async () => {
  const text = textOf(await pageHtml({ platform: 'watchOS' }))
  expect(text).toContain('“watchOS” is not a valid filter for platform')
  expect(text).toContain('Drafted 2')
})

test('a name that is no filter is reported, and the diagram shows all', async () => {
  const text = textOf(await pageHtml({ platfrom: 'tvOS' }))
  expect(text).toContain('“platfrom” is not a filter of this page')
  expect(text).toContain('Drafted 2')
})

test('a filter without a match is said to be one', async () => {
  expect(textOf(await pageHtml({ version: '9.3' }))).toContain('No trial matches')
})
