import type { Locator, Page } from '@playwright/test'
import { builtActions } from './access/built-actions'
import { whoMay } from './access/matrix'
import { actions } from './access/matrix-app'
import { expect, test } from './lab'

/** A control that the role may not use is disabled, and its title says why. */
async function expectDisabledWithReason(control: Locator): Promise<void> {
  await expect(control).toBeDisabled()
  await expect(control).toHaveAttribute('title', /^This needs the role .* signed in as viewer\.$/)
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('a viewer sees the lab, and each control is disabled with its reason', async ({
  signedIn,
}) => {
  const page = await signedIn('viewer')
  await page.goto('/devices?environment=simulated')
  await expectDisabledWithReason(button(page, 'Add a device'))
  await expectDisabledWithReason(button(page, 'Import CSV'))
  await page.getByRole('row', { name: 'B-01' }).getByRole('link').first().click()
  await expectDisabledWithReason(button(page, 'Query device'))
  await expectDisabledWithReason(button(page, 'Enter readings'))
  await page.getByRole('button', { name: 'More actions' }).click()
  for (const name of [/^Reserve/, /^Retire it/]) {
    const item = page.getByRole('menuitem', { name })
    await expect(item).toBeDisabled()
    await expect(item).toContainText('This needs the role lead')
  }
  await page.goto('/trials?environment=simulated')
  await expectDisabledWithReason(button(page, 'New trial'))
  await page.goto('/protocols')
  await expectDisabledWithReason(button(page, 'New protocol'))
  await page.goto('/servers')
  await expectDisabledWithReason(button(page, 'Add an MDM server'))
})

test('a page for another role answers 403 and says so', async ({ signedIn, consoleErrors }) => {
  const page = await signedIn('viewer')
  const answer = await page.goto('/people')
  expect(answer?.status()).toBe(403)
  await expect(page.getByRole('heading', { name: 'This page needs another role' })).toBeVisible()
  await expect(page.getByText('with the role viewer')).toBeVisible()
  // The browser logs the 403.
  expect(consoleErrors.splice(0).every((line) => line.includes('403'))).toBe(true)
})

test('a viewer’s direct call to each action is refused', async ({ signedIn, facts }) => {
  const page = await signedIn('viewer')
  const tried = [...builtActions('.next')].filter(([name]) => {
    const needed = actions[name] ?? 'unasked'
    return needed !== 'unasked' && !whoMay[needed]?.some((role) => role === 'viewer')
  })
  expect(tried.length).toBeGreaterThan(30)
  for (const [name, { id }] of tried) {
    const answer = await page.request.post('/devices', {
      headers: {
        ...{ 'next-action': id, origin: facts.baseUrl },
        'content-type': 'text/plain;charset=UTF-8',
      },
      data: '[]',
    })
    expect(await answer.text(), name).toContain('"reason":"This needs the role')
  }
})
