import { answering, startReceiver } from '@/lib/core/testing/receiver'
import { expect, test } from './lab'

test('an admin adds a receiver, which gets a signed test and stays on when it is saved again', async ({
  signedIn,
}) => {
  const receiver = await startReceiver(answering(204))
  try {
    const page = await signedIn('admin')
    await page.goto('/notices/new')
    await page.getByLabel('Name').fill('Chat of the lab')
    await page.getByLabel('Address').fill('http://hooks.example/oneway')
    await page.getByRole('checkbox', { name: 'All sending stopped' }).check()
    await page.getByRole('checkbox', { name: 'On', exact: true }).check()
    await page.getByRole('button', { name: 'Add the receiver' }).click()
    await expect(page.getByText(/http:\/\/ is for this machine only/)).toBeVisible()

    await page.getByLabel('Address').fill(receiver.url)
    await page.getByRole('button', { name: 'Add the receiver' }).click()
    await expect(page.getByText(/^whsec_/)).toBeVisible()
    await page.getByRole('link', { name: 'To the receivers' }).click()

    const row = page.getByRole('row', { name: /^Chat of the lab/ })
    await row.getByRole('button', { name: 'Send a test to Chat of the lab' }).click()
    // The list follows the delivery without a reload.
    const delivery = page.getByRole('row', { name: /^Test/ }).first()
    await expect(delivery).toContainText('Delivered')
    expect(receiver.received).toHaveLength(1)
    expect(receiver.received[0]?.headers['webhook-signature']).toMatch(/^v1,/)

    await row.getByRole('link', { name: 'Chat of the lab' }).click()
    await expect(page.getByRole('checkbox', { name: 'On', exact: true })).toBeChecked()
    await page.getByRole('button', { name: 'Save the receiver' }).click()
    await expect(row).toContainText('On')
    await expect(row).toContainText('All sending stopped')
  } finally {
    await receiver.stop()
  }
})

test('a viewer sees the notices and can change nothing', async ({ signedIn }) => {
  const page = await signedIn('viewer')
  await page.goto('/notices')
  await expect(page.getByRole('button', { name: 'Add a receiver' })).toBeDisabled()
  await page.goto('/notices/new')
  await expect(page.getByText(/This needs the role admin/)).toBeVisible()
})
