import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import { type Facts, type Role, readFacts } from './facts'

export { expect }

type Lab = {
  facts: Facts
  /** A new page signed in as that role. Each call opens a browser context of its own. */
  signedIn(role: Role): Promise<Page>
}

// Any console error that a spec did not provoke fails its test.
const watch = (context: BrowserContext, errors: string[]) => {
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => errors.push(String(error.error())))
}

const signIn = async (page: Page, { users, baseUrl }: Facts, role: Role) => {
  const user = users.find((it) => it.role === role)
  if (!user) throw new Error(`the demo has no ${role}`)
  const { email, password } = user
  const answer = await page.request.post('/api/auth/sign-in/email', {
    data: { email, password },
    headers: { origin: baseUrl },
  })
  if (!answer.ok()) throw new Error(`sign-in as ${role}: ${answer.status()} ${await answer.text()}`)
}

/** Playwright's `test` against the lab that global-setup started. */
export const test = base.extend<Lab & { consoleErrors: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright takes the names of fixtures from this pattern
  facts: async ({}, use) => use(readFacts()),
  baseURL: async ({ facts }, use) => use(facts.baseUrl),
  // A spec that provokes an error removes it from this list; any left at the end fail the test.
  consoleErrors: [
    async ({ context }, use) => {
      const errors: string[] = []
      watch(context, errors)
      await use(errors)
      expect(errors, 'errors on the console').toEqual([])
    },
    { auto: true },
  ],
  signedIn: async ({ browser, baseURL, contextOptions, facts, consoleErrors }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (role) => {
      const context = await browser.newContext({ ...contextOptions, baseURL: baseURL ?? '' })
      contexts.push(context)
      watch(context, consoleErrors)
      const page = await context.newPage()
      await signIn(page, facts, role)
      return page
    })
    await Promise.all(contexts.map((context) => context.close()))
  },
})
