import { MantineProvider } from '@mantine/core'
import { prerender } from 'react-dom/static'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { typeReadings } from '@/lib/core/devices/type-readings'
import { engineer, later, must } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import SurvivalPage from './page'

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

async function pageText(params: Record<string, string> = {}): Promise<string> {
  const page = await SurvivalPage({
    searchParams: Promise.resolve({ environment: 'real', ...params }),
  })
  const { prelude } = await prerender(<MantineProvider>{page}</MantineProvider>)
  const html = await new Response(prelude).text()
  return html
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}

/** The OS was read as changed so many minutes after the sending at 121 s. */
async function installedAfter(minutes: number) {
  const { device } = await sentTrial(lab.db)
  const texts = { osVersion: '12.1', osBuild: '16B92' }
  const at = later(121 + 60 * minutes)
  must(await typeReadings(lab.db, engineer, { deviceId: device.id, texts }, at), 'typed')
}

test('without a sent command there is no curve', async () => {
  expect(await pageText()).toContain('No trial has sent anything')
})

test('below three trials there is no curve; from three on a median with its limits', async () => {
  await installedAfter(10)
  await installedAfter(20)
  expect(await pageText()).toContain('no curve, as n &lt; 3')
  await installedAfter(30)
  const text = await pageText()
  expect(text).toContain('12.0.1 3 3 0 0 20 min [10 min, open]')
  expect(text).toContain('12.0.1 20 min 2 1 0 0.3333')
  expect(text).toContain('after 0 min, by 20 min')
})

test('two groups without variance are not tested, and an unknown event is reported', async () => {
  const groups = { by: 'version', first: '12.0.1', second: '10.3' }
  expect(await pageText(groups)).toContain('cannot be tested: one of the groups is empty')
  expect(await pageText({ event: 'rebooted' })).toContain('“rebooted” is not valid for event')
})
