import { draftTrial, queryDevice, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import { shortenWaits } from './quick-lab'

test.describe.configure({ mode: 'serial' })

test('a rehearsal on 11.3 shows its contradiction, and counts in no real number', async ({
  signedIn,
}) => {
  await shortenWaits()
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-05')
  await draftTrial(page, 'B-05', 'Download, then install 12.1')
  const trial = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
  await registerAndArm(page, 'JC6H')
  await expect(page.getByText(/a real device would not qualify/).first()).toBeVisible()
  await release(page)
  const second = page.getByRole('region', { name: 'Release command 2 of 2' })
  await expect(second.getByRole('button', { name: 'Release…' })).toBeEnabled()
  await release(page)

  const outcome = page.getByRole('region', { name: 'Outcome' })
  await expect(outcome.getByText(/12\.1 \(16B92\)/).first()).toBeVisible({ timeout: 240_000 })
  await outcome.getByRole('button', { name: 'Conclude as proposed…' }).click()
  const asked = page.getByRole('dialog', { name: 'Conclude as proposed?' })
  await asked.getByRole('button', { name: 'Conclude', exact: true }).click()
  await expect(outcome.getByText(/decided by/)).toBeVisible()

  // What the 2018 report saw on 11.3: https://github.com/lionheart/openradar-mirror/issues/20593
  const card = page.getByRole('region', { name: 'Contradictions' })
  await expect(card.getByText('OSUpdateStatus[].IsDownloaded').first()).toBeVisible()
  await expect(card.getByText(/integer/).first()).toBeVisible()

  await page.goto('/contradictions?environment=simulated')
  const row = page.getByRole('row').filter({ hasText: 'OSUpdateStatus[].IsDownloaded' })
  await expect(row.first()).toContainText(/\d of \d+ on 11\.3/)

  await page.goto('/contradictions?environment=real')
  await expect(page.getByText('OSUpdateStatus[].IsDownloaded')).toHaveCount(0)
  await page.goto('/outcomes?environment=real')
  await expect(page.getByRole('row', { name: /^11\.3/ })).toHaveCount(0)
  await page.goto('/trials?environment=real')
  await expect(page.getByText(trial, { exact: true })).toHaveCount(0)
})
