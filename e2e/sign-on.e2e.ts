import type { Page } from '@playwright/test'
import { expect, test } from './lab'

const label = 'Lab account'

/** Creates or replaces the provider's account with this login. */
async function setAccount(page: Page, providerUrl: string, login: string, groups: string[]) {
  const person = { login, email: `${login}@lab.example`, emailVerified: true, name: login, groups }
  const answer = await page.request.post(`${providerUrl}/test/people`, { data: person })
  expect(answer.status()).toBe(204)
}

/** Signs in on the provider's own pages: any password, then consent. */
async function signInAtProvider(page: Page, login: string) {
  await page.getByPlaceholder('Enter any login').fill(login)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

test.beforeEach(async ({ context }) => {
  // The provider's pages load a font from the internet.
  await context.route('https://fonts.googleapis.com/**', (route) =>
    route.fulfill({ contentType: 'text/css', body: '' }),
  )
})

test('sign-in at the provider, another site, leads back to the page that was requested', async ({
  page,
  facts,
}) => {
  // Two sign-ins, each through seven pages of two sites.
  test.slow()
  await setAccount(page, facts.providerUrl, 'hopper', ['staff'])
  await page.goto('/trials')
  await page.getByRole('button', { name: label }).click()
  await signInAtProvider(page, 'hopper')
  await expect(page).toHaveURL(/\/trials$/)
  await expect(page.getByRole('button', { name: 'hopper engineer, account' })).toBeVisible()

  await setAccount(page, facts.providerUrl, 'hopper', ['leads'])
  // A click before hydration opens nothing.
  const signOut = page.getByRole('menuitem', { name: 'Sign out' })
  await expect(async () => {
    await page.getByRole('button', { name: /account$/ }).click()
    await expect(signOut).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await signOut.click()
  await page.getByRole('button', { name: label }).click()
  await expect(page.getByRole('button', { name: 'hopper lead, account' })).toBeVisible()
})

test('a person in none of the lab’s groups gets an error and is not signed in', async ({
  page,
  facts,
}) => {
  await setAccount(page, facts.providerUrl, 'nobody', ['visitors'])
  await page.goto('/sign-in')
  await page.getByRole('button', { name: label }).click()
  await signInAtProvider(page, 'nobody')
  await expect(page.getByRole('alert').filter({ hasText: 'None of your groups' })).toBeVisible()
  await page.goto('/devices')
  await expect(page).toHaveURL(/\/sign-in/)
})

test('an API key is shown once, works, and is refused once revoked', async ({
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
