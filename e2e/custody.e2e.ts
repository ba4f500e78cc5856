import type { Page } from '@playwright/test'
import { paths } from '@/lib/paths'
import { expect, test } from './lab'
import { createTestPerson } from './people'

// On B-04, which no other spec uses.
const openDevice = async (page: Page) => {
  await page.goto(paths.devices({ environment: 'simulated', text: 'B-04' }))
  await page.getByRole('row', { name: /B-04/ }).getByRole('link').first().click()
  await expect(page.getByRole('heading', { level: 1, name: 'B-04' })).toBeVisible()
}

test('a field of the lab is defined and entered, the device is handed over and accepted, and its label opens it after sign-in', async ({
  signedIn,
  browser,
  facts,
}) => {
  const lead = await signedIn('lead')
  await lead.goto(paths.customFieldEdit())
  await lead.getByLabel('Name').fill('Cable length')
  await lead.getByRole('combobox', { name: 'Type' }).click()
  await lead.getByRole('option', { name: 'Number' }).click()
  await lead.getByLabel('Unit').fill('cm')
  await lead.getByRole('button', { name: 'Define the field' }).click()
  await expect(lead.getByRole('row', { name: /Cable length/ })).toContainText('a number of cm')

  const engineer = await signedIn('engineer')
  await openDevice(engineer)
  await engineer.getByRole('button', { name: 'Enter custom fields' }).click()
  const drawer = engineer.getByRole('dialog')
  await drawer.getByLabel('Cable length (cm)').fill('long')
  await drawer.getByRole('button', { name: 'Save the values' }).click()
  await expect(drawer.getByText('Accepted: a number of cm such as 12.5.')).toBeVisible()
  await drawer.getByLabel('Cable length (cm)').fill('30,5')
  await drawer.getByRole('button', { name: 'Save the values' }).click()
  await expect(engineer.getByRole('region', { name: 'Custom fields' })).toContainText('30.5 cm')

  const to = await createTestPerson('engineer', 'Radia Perlman')
  const custody = engineer.getByRole('region', { name: 'Custody' })
  await custody.getByRole('button', { name: 'Take it…' }).click()
  await engineer.getByLabel('Where it is').fill('Bench 3')
  await engineer.getByRole('button', { name: 'Take it', exact: true }).click()
  await expect(custody).toContainText('at Bench 3')
  await engineer.reload()
  await custody.getByRole('button', { name: 'Hand over…' }).click()
  await engineer.getByRole('combobox', { name: 'To' }).fill('Radia')
  await engineer.getByRole('option', { name: 'Radia Perlman' }).click()
  await engineer.getByRole('button', { name: 'Offer it' }).click()
  await expect(custody).toContainText('Waits for the acceptance of Radia Perlman')

  // The address in the code of the label, opened by a phone that is not signed in.
  await engineer.getByRole('button', { name: 'More actions' }).click()
  await engineer.getByRole('menuitem', { name: 'Label to print' }).click()
  const code = engineer.getByRole('img', { name: /^QR code of B-04/ })
  const address = (await code.getAttribute('aria-label'))?.split(': ').at(-1) ?? ''
  expect(address).toMatch(new RegExp(`^${facts.baseUrl}/devices/[0-9a-f-]{36}/bench$`))
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const phone = await context.newPage()
  await phone.goto(address)
  await expect(phone).toHaveURL(/sign-in/)
  await phone.getByLabel('Email').fill(to.email)
  await phone.getByLabel('Password', { exact: true }).fill(to.password)
  await phone.getByRole('button', { name: 'Sign in' }).click()
  await expect(phone.getByRole('heading', { level: 1, name: 'B-04' })).toBeVisible()
  await phone.getByRole('button', { name: 'Accept…' }).click()
  await phone.getByRole('button', { name: 'Accept it' }).click()
  await expect(phone.getByRole('region', { name: 'Custody' })).toContainText('With Radia Perlman')
  await phone.goto(paths.devices({ environment: 'simulated', custody: 'mine' }))
  await expect(phone.getByText('1 device', { exact: true })).toBeVisible()
  await context.close()
})
