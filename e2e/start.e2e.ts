import type { Role } from './facts'
import { expect, test } from './lab'

const roles: Role[] = ['viewer', 'engineer', 'lead', 'admin']

test('without a session every page leads to sign-in', async ({ page }) => {
  await page.goto('/devices')
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fdevices$/)
})

for (const role of roles) {
  test(`the ${role} of the demo signs in with the password printed at start`, async ({
    signedIn,
  }) => {
    const page = await signedIn(role)
    await page.goto('/')
    await expect(page).not.toHaveURL(/sign-in/)
  })
}
