import { readFileSync } from 'node:fs'
import { expect, test } from './lab'
import { reviewFirstVersion, saveProtocolAs, versionOf } from './trip-steps'

const ready = /^InstallASAP with a passcode/

test('a ready-made protocol is begun with, reviewed by a lead, compared and retired', async ({
  signedIn,
}) => {
  const engineer = await signedIn('engineer')
  await engineer.goto('/protocols/new')
  await engineer.getByRole('link', { name: ready }).click()
  await expect(engineer.getByRole('heading', { name: /^Begun with/ })).toBeVisible()
  await engineer.getByRole('button', { name: 'Save the protocol' }).click()
  await expect(engineer.getByText(/^Command 2, ProductKey: name a target/)).toBeVisible()
  for (const index of [0, 1])
    await engineer.getByLabel('ProductKey').nth(index).fill('iOSUpdate16B92')
  const path = await saveProtocolAs(engineer, 'It waits for the user, at the bench')
  await expect(versionOf(engineer, 1)).toContainText('draft, not reviewed')
  await expect(engineer.getByRole('button', { name: 'Review version 1' })).toBeDisabled()

  await engineer.getByRole('link', { name: 'New trial' }).click()
  await expect(engineer.getByText(/This version is a draft/)).toBeVisible()
  await engineer.getByRole('combobox', { name: 'Device' }).click()
  await engineer.getByRole('option', { name: /B-04/ }).click()
  await engineer.getByLabel('What you expect').fill('The prompt waits.')
  await engineer.getByRole('button', { name: 'Draft the trial' }).click()
  const register = engineer.getByRole('button', { name: 'Register and seal' })
  await expect(register).toBeDisabled()
  const trial = engineer.url()

  const lead = await signedIn('lead')
  await lead.goto(path)
  await reviewFirstVersion(lead, 'Somebody is at the bench.')
  await engineer.goto(trial)
  await expect(register).toBeEnabled()

  await lead.getByRole('link', { name: 'Edit', exact: true }).click()
  await lead.getByLabel('Deadline, minutes after the release').fill('240')
  await lead.getByRole('button', { name: 'Save as version 2' }).click()
  await expect(lead.getByText('You wrote this version: another lead reviews it.')).toBeVisible()
  await lead.getByRole('link', { name: 'Changes since version 1' }).click()
  await expect(lead.getByText('One field differs.')).toBeVisible()
  await expect(lead.getByRole('deletion')).toContainText('120')
  await expect(lead.getByRole('insertion')).toContainText('240')

  await lead.goto(path)
  await lead.getByRole('button', { name: 'Retire version 1' }).click()
  await lead.getByLabel('Reason').fill('short')
  await lead.getByRole('button', { name: 'Retire', exact: true }).click()
  await expect(lead.getByText(/ten characters or more/).last()).toBeVisible()
  await lead.getByLabel('Reason').fill('Two hours are too short.')
  await lead.getByRole('button', { name: 'Retire', exact: true }).click()
  await expect(versionOf(lead, 1)).toContainText(/Retired by .*: Two hours are too short/)
  await engineer.goto(trial)
  await expect(register).toBeDisabled()
})

test('a protocol leaves as a file, comes back as a draft, and a wrong file is refused by its field', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.goto('/protocols')
  await page.getByRole('link', { name: 'Download only 12.1' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export version 1 as a file' }).click(),
  ])
  const text = readFileSync(await file.path(), 'utf8')
  const choose = async (content: string) => {
    await page.goto('/protocols/new')
    await expect(page.getByRole('button', { name: 'Import a file' })).toBeEnabled()
    const buffer = Buffer.from(content)
    const chosen = { name: 'protocol.json', mimeType: 'application/json', buffer }
    await page.locator('input[type=file]').setInputFiles(chosen)
  }
  await choose(text.replace('"installAction": "DownloadOnly"', '"installAction": "Erase"'))
  await expect(page.getByText(/^plan\.slots\.0\.installAction: /)).toBeVisible()
  await choose(text)
  await expect(page.getByText(/Nothing is saved yet/)).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Question', exact: true })).toHaveValue(
    /DownloadOnly/,
  )
  await saveProtocolAs(page, 'From another lab')
  await expect(versionOf(page, 1)).toContainText('draft, not reviewed')
})

test('a declaration is written beside a command: a wrong time is named, and nothing typed is lost', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.goto('/protocols/new')
  await page.getByRole('link', { name: /^Declaration together with ScheduleOSUpdate/ }).click()
  const declaration = page.getByRole('group', { name: 'Declaration 1' })
  await declaration.getByLabel('TargetOSVersion').fill('18.2')
  await declaration.getByLabel('TargetBuildVersion').fill('22C152')
  await declaration.getByLabel('Local time').fill('25:00')
  await page.getByRole('group', { name: 'Command 2' }).getByLabel('ProductVersion').fill('18.2')
  await page.getByRole('button', { name: 'Save the protocol' }).click()
  await expect(page.getByText(/^Declaration 1, Local time: .*such as 09:30/)).toBeVisible()
  await expect(declaration.getByLabel('TargetBuildVersion')).toHaveValue('22C152')
  await declaration.getByLabel('Local time').fill('10:00')
  await saveProtocolAs(page, 'Both at once')
  await expect(versionOf(page, 1)).toContainText(
    'Declaration, 18.2 (22C152) enforced at 10:00 2 days after the release, local time of the device',
  )
  await expect(versionOf(page, 1)).toContainText(
    'ScheduleOSUpdate, InstallAction InstallASAP for 18.2',
  )
})
