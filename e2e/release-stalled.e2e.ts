import { draftTrial, passwordOf, queryDevice, registerAndArm } from './bench'
import { expect, test } from './lab'
import { deliveriesTo, interventionsOn, shortenWaits, stallTrialPages } from './quick-lab'

// It stalls the pages of all trials, so it runs when no other test has one open.
test('a double click and a second tab release one command; the second tab says who released it', async ({
  signedIn,
}) => {
  await shortenWaits()
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-03')
  await draftTrial(page, 'B-03', 'Download only 12.1')
  await registerAndArm(page, 'H2XJ')
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.getByRole('button', { name: 'Release…' }).click()

  await page.getByRole('button', { name: 'Release…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Your password').fill(passwordOf('engineer'))
  const button = dialog.getByRole('button', { name: 'Release, then hold' })
  const endStall = await stallTrialPages()
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await button.dblclick()
  await answered
  await expect.poll(() => interventionsOn('B-03')).toHaveLength(1)
  // Released, but the page does not show it yet: nothing on the old page can be pressed.
  await page.keyboard.press('Escape')
  await expect(dialog.getByRole('button', { name: 'Back' })).toBeDisabled()
  await expect(button).toBeDisabled()
  await endStall()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('button', { name: 'Release…' })).toBeHidden()
  // On a busy machine the short hold of the tests may be over before the page is back.
  await expect(page.getByText(/^Released: command 1 is held until/)).toBeVisible()

  // The second tab may have refreshed and lost the button. Either way it says who released the command.
  const late = other.getByRole('dialog').getByRole('button', { name: 'Release, then hold' })
  await other
    .getByRole('dialog')
    .getByLabel('Your password')
    .fill(passwordOf('engineer'), { timeout: 3_000 })
    .catch(() => undefined)
  await late.click({ timeout: 3_000 }).catch(() => undefined)
  const reported = /Erin Engineer released it|(released|held until .+) by Erin Engineer/
  await expect(other.getByText(reported).first()).toBeVisible()

  const delivery = page.getByRole('region', { name: 'Delivery' })
  await expect(delivery.getByText(/The device answered/)).toBeVisible()
  const commands = await interventionsOn('B-03')
  expect(commands).toHaveLength(1)
  const deliveries = await deliveriesTo('B-03')
  expect(commands.map((uuid) => deliveries[uuid])).toEqual([1])
})
