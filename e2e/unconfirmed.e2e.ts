import { queryDevice, release, sign } from './bench'
import { cutSends } from './cut-sends'
import { expect, test } from './lab'
import { deliveriesTo, interventionsOn, shortenWaits, virtualDevice } from './quick-lab'

test('an unconfirmed command is listed, is never repeated, and a lead abandons it', async ({
  signedIn,
}) => {
  await shortenWaits()
  const { enrollmentId } = await virtualDevice('B-09')
  const sends = await cutSends(enrollmentId)
  try {
    const page = await signedIn('engineer')
    await queryDevice(page, 'B-09')
    await page.getByRole('link', { name: /^T-\d+$/ }).click()
    await page.getByLabel('Last four of the serial').fill('JCM5')
    await page.getByRole('button', { name: 'Arm', exact: true }).click()
    await release(page)
    const delivery = page.getByRole('region', { name: 'Delivery' })
    await expect(delivery.getByText('Unconfirmed')).toBeVisible({ timeout: 60_000 })

    const lead = await signedIn('lead')
    await lead.goto('/trials?environment=simulated')
    await lead.getByRole('link', { name: 'What is known, and what would settle it' }).click()
    const send = lead.getByRole('region', { name: /^T-\d+$/ })
    await expect(send.getByText(/connection broke before the whole answer came/)).toBeVisible()
    await send.getByRole('button', { name: 'Abandon command…' }).click()
    await lead.getByLabel('Reason').fill('the bench was unplugged meanwhile')
    await sign(lead, 'Abandon command', 'lead')
    await expect(lead.getByText('Nothing is unconfirmed')).toBeVisible()
    expect(sends.count()).toBe(1)
    const [command = ''] = await interventionsOn('B-09')
    expect((await deliveriesTo('B-09'))[command]).toBeUndefined()
  } finally {
    await sends.close()
  }
})
