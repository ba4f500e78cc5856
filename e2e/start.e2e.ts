import type { Role } from './facts'
import { expect, test } from './lab'

const roles: Role[] = ['viewer', 'engineer', 'lead', 'admin']

test('without a session the device list redirects to sign-in', async ({ page }) => {
  await page.goto('/devices')
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fdevices$/)
})

for (const role of roles) {
  test(`the demo ${role} signs in with the password that the start printed`, async ({
    signedIn,
  }) => {
    const page = await signedIn(role)
    await page.goto('/')
    await expect(page).not.toHaveURL(/sign-in/)
  })
}
