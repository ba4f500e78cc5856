import {
  type Browser,
  type BrowserContext,
  test as base,
  expect,
  type Page,
} from '@playwright/test'
import { type Findings, withoutMotion } from './check'
import { type EmptyLab, type FullLab, openLab } from './lab'

export { expect }

type Shared = {
  emptyLab: EmptyLab
  lab: EmptyLab & FullLab
  /** Shared by all tests, so that a part is checked once for all roles. */
  findings: Findings
}

/** Playwright's `test` with a lab that all tests of this folder share. */
export const test = base.extend<object, Shared>({
  emptyLab: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright takes the names of fixtures from this pattern
    async ({}, use) => {
      const lab = await openLab()
      await use(lab)
      await lab.close()
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  lab: [
    async ({ emptyLab }, use) => use({ ...emptyLab, ...(await emptyLab.fill()) }),
    { scope: 'worker', timeout: 600_000 },
  ],
  findings: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright takes the names of fixtures from this pattern
    async ({}, use) => use({ faults: new Map(), done: new Set(), sent: new Set() }),
    { scope: 'worker' },
  ],
})

/** A new browser context, signed in with that role or without a session. */
export async function openContext(
  browser: Browser,
  { baseUrl, users }: Pick<Shared['lab'], 'baseUrl'> & Partial<FullLab>,
  role?: string,
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: baseUrl })
  await withoutMotion(context)
  const user = users?.find((one) => one.role === role)
  if (role === undefined) return context
  const answer = await context.request.post('/api/auth/sign-in/email', {
    data: { email: user?.email, password: user?.password },
    headers: { origin: baseUrl },
  })
  expect(answer.ok(), `sign-in as ${role}`).toBe(true)
  return context
}

/** Loads a page and waits until React has hydrated it. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.waitForFunction(() =>
    Object.keys(document.body).some((key) => key.startsWith('__react')),
  )
}
