import type { Page } from '@playwright/test'
import { expect, test } from './lab'
import { bookTrial, draftBooking } from './trip-steps'

// O-6 is used by this file alone: its bookings keep others from drafting on it.

const device = async (page: Page): Promise<void> => {
  await page.goto('/devices?environment=simulated')
  await page.getByRole('link', { name: 'Origin iPad 6, no passcode' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'O-6' })).toBeVisible()
}

const book = (page: Page, from: number, until: number) =>
  bookTrial(page, {
    ...{ protocol: /^Download, then install 12\.1/, from, until },
    expectation: 'It installs at night.',
  })

test('an engineer books a device, a lead learns of it and waits, and the booking becomes a draft', async ({
  signedIn,
}) => {
  const [engineer, lead] = [await signedIn('engineer'), await signedIn('lead')]
  await device(engineer)
  await book(engineer, 0, 120)
  const bookings = engineer.getByRole('region', { name: 'Bookings' })
  await expect(bookings.getByText('current: Its window runs').first()).toBeVisible()

  // The lead is refused at the field, with who has it, and nothing typed is lost.
  await device(lead)
  await book(lead, 60, 180)
  const form = lead.getByRole('form', { name: 'Book a trial' })
  await expect(
    form.getByText(/has booked O-6 for “Download, then install 12\.1” to 12\.1/),
  ).toBeVisible()
  await expect(form.getByRole('textbox', { name: 'What you expect' })).toHaveValue(
    'It installs at night.',
  )
  const queue = lead.getByRole('form', { name: 'Join the queue' })
  await queue.getByRole('combobox', { name: 'Protocol to wait for' }).click()
  await lead.getByRole('option', { name: /^Download, then install 12\.1/ }).click()
  await queue.getByRole('button', { name: 'Join the queue' }).click()
  await expect(lead.getByRole('button', { name: /^Leave the queue: / })).toBeVisible()

  await lead.goto('/plan/calendar?environment=simulated')
  await expect(lead.getByRole('table', { name: /^Calendar, / })).toContainText(
    'O-6: Download, then install 12.1 to 12.1',
  )
  const [file] = await Promise.all([
    lead.waitForEvent('download'),
    lead.getByRole('link', { name: 'Calendar file (.ics)' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('SIMULATED-oneway-calendar.ics')

  await draftBooking(engineer)
  await expect(engineer.getByRole('region', { name: 'Registration' })).toContainText(
    'current: Its window runs',
  )
  await engineer.getByRole('link', { name: 'O-6' }).click()
  await expect(bookings.getByRole('link', { name: /^T-\d+$/ })).toBeVisible()
  await bookings.getByRole('button', { name: /^Withdraw: / }).click()
  await expect(bookings.getByText('withdrawn: Withdrawn before it was used')).toBeVisible()

  // The device is free, and the home page of the first says so.
  await lead.goto('/?environment=simulated')
  await expect(lead.getByRole('link', { name: '1 device free that you wait for' })).toBeVisible()
  await lead.getByRole('link', { name: '1 device free that you wait for' }).click()
  await lead.getByRole('button', { name: /^Leave the queue: .*O-6/ }).click()
  await expect(lead.getByText('Nobody waits for a device')).toBeVisible()
})
