import type { Page } from '@playwright/test'
import { expect, test } from './lab'

const label = 'Lab account'

/** Who the provider knows by this login, from now on. */
async function tellProvider(page: Page, providerUrl: string, login: string, groups: string[]) {
  const person = { login, email: `${login}@lab.example`, emailVerified: true, name: login, groups }
  const answer = await page.request.post(`${providerUrl}/test/people`, { data: person })
  expect(answer.status()).toBe(204)
}

/** The provider's own pages: any password, then consent. */
async function passProvider(page: Page, login: string) {
  await page.getByPlaceholder('Enter any login').fill(login)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

test.beforeEach(async ({ context }) => {
  // The provider's pages ask for a font of another host.
  await context.route('https://fonts.googleapis.com/**', (route) =>
    route.fulfill({ contentType: 'text/css', body: '' }),
  )
})

test('a person signs in at the provider, another site, and lands signed in where they wanted to go', async ({
  page,
  facts,
}) => {
  // Two sign-ins, each through seven pages of two sites.
  test.slow()
  await tellProvider(page, facts.providerUrl, 'hopper', ['staff'])
  await page.goto('/trials')
  await page.getByRole('button', { name: label }).click()
  await passProvider(page, 'hopper')
  await expect(page).toHaveURL(/\/trials$/)
  await expect(page.getByRole('button', { name: 'hopper engineer, account' })).toBeVisible()

  await tellProvider(page, facts.providerUrl, 'hopper', ['leads'])
  // A press that comes before the page is alive opens nothing.
  const signOut = page.getByRole('menuitem', { name: 'Sign out' })
  await expect(async () => {
    await page.getByRole('button', { name: /account$/ }).click()
    await expect(signOut).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await signOut.click()
  await page.getByRole('button', { name: label }).click()
  await expect(page.getByRole('button', { name: 'hopper lead, account' })).toBeVisible()
})

test('who is in no group of the lab is told so, and is not signed in', async ({ page, facts }) => {
  await tellProvider(page, facts.providerUrl, 'nobody', ['visitors'])
  await page.goto('/sign-in')
  await page.getByRole('button', { name: label }).click()
  await passProvider(page, 'nobody')
  await expect(page.getByRole('alert').filter({ hasText: 'None of your groups' })).toBeVisible()
  await page.goto('/devices')
  await expect(page).toHaveURL(/\/sign-in/)
})

test('a key is shown once, answers programs, and is dead once revoked', async ({
  signedIn,
  request,
}) => {
  const page = await signedIn('engineer')
  await page.goto('/account/keys')
  await page.getByLabel('Name').fill('browser test')
  await page.getByRole('button', { name: 'Make the key' }).click()
  const key = (await page.getByText(/^oneway_[\w-]{43}$/).textContent()) ?? ''
  const ask = () =>
    request.get('/api/v1/devices?environment=simulated', {
      headers: { authorization: `Bearer ${key}` },
    })
  expect((await ask()).status()).toBe(200)
  await page.reload()
  await expect(page.getByText(key)).toHaveCount(0)
  await page.getByRole('button', { name: 'Revoke browser test' }).click()
  await expect(page.getByText(/^revoked .* by /)).toBeVisible()
  expect((await ask()).status()).toBe(401)
})
