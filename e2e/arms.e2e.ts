import { readFileSync } from 'node:fs'
import { expect, test } from './lab'

// Nothing is released here and a draft reserves nothing, so the bench device B-04 stays free for others.
test('arms are written, reviewed, drawn for a trial, chosen for another, and verified', async ({
  signedIn,
}) => {
  const engineer = await signedIn('engineer')
  await engineer.goto('/protocols/new')
  await engineer.getByLabel('Title').fill('Two ways to install 12.1')
  await engineer.getByRole('textbox', { name: 'Question', exact: true }).fill('Which installs?')
  await engineer.getByLabel('Expected outcome').fill('Both install')
  await engineer.getByRole('button', { name: 'Add a command' }).click()
  for (const index of [0, 1])
    await engineer.getByLabel('ProductKey').nth(index).fill('iOSUpdate16B92')
  await engineer
    .getByLabel('Factor: install actions')
    .fill('Default, Default\nDefault, InstallASAP')
  for (const [index, name] of ['Twice', 'At once'].entries()) {
    await engineer.getByRole('button', { name: 'Add an arm' }).click()
    const arm = engineer.getByRole('group', { name: `Arm ${index + 1}` })
    await arm.getByLabel(`Arm ${index + 1}: name`).fill(name)
    await arm.getByLabel('Install actions').selectOption({ index: 1 })
  }
  await engineer.getByRole('button', { name: 'Save the protocol' }).click()
  await expect(engineer.getByText(/^Factor install actions: no arm has the level/)).toBeVisible()
  await engineer
    .getByRole('group', { name: 'Arm 2' })
    .getByLabel('Install actions')
    .selectOption('Default,InstallASAP')
  await engineer.getByRole('button', { name: 'Save the protocol' }).click()
  await expect(engineer.getByRole('table', { name: 'Real trials by arm' })).toContainText(
    'commands Default, then InstallASAP',
  )
  const path = new URL(engineer.url()).pathname

  const lead = await signedIn('lead')
  await lead.goto(path)
  await lead.getByRole('button', { name: 'Review version 1' }).click()
  await lead.getByRole('button', { name: 'Mark as reviewed' }).click()
  await expect(lead.getByText(/Reviewed by/)).toBeVisible()

  await engineer.getByRole('link', { name: 'New trial' }).click()
  const draft = async () => {
    await engineer.getByRole('combobox', { name: 'Device' }).click()
    await engineer.getByRole('option', { name: /B-04/ }).click()
    await engineer.getByLabel('What you expect').fill('It installs.')
    await engineer.getByRole('button', { name: 'Draft the trial' }).click()
  }
  await expect(engineer.getByText('One of: Twice (commands Default, then Default)')).toBeVisible()
  await draft()
  const asks = engineer.getByText(/^Arm: (Twice|At once), assigned at random\. It asks for:/)
  await expect(asks.first()).toBeVisible()
  await expect(
    engineer.getByText(/^Drafted in arm .*position 1 in all devices, block 1/),
  ).toBeVisible()

  await engineer.goto(path)
  await engineer.getByRole('link', { name: 'New trial' }).click()
  await engineer.getByLabel('Arm', { exact: true }).selectOption('At once')
  await draft()
  await expect(engineer.getByText(/^say why the arm is chosen/).first()).toBeVisible()
  await engineer.getByLabel('Why this arm is chosen').fill('the drawn arm was run last week')
  await engineer.getByRole('button', { name: 'Draft the trial' }).click()
  await expect(engineer.getByText(/^Arm: At once, assigned by choice/).first()).toBeVisible()

  await engineer.goto(path)
  await engineer.getByRole('link', { name: 'Verify the assignments' }).click()
  await engineer.goto(`${path}/arms?environment=simulated`)
  await expect(engineer.getByText(/^Every random assignment is the one that follows/)).toBeVisible()
  const table = engineer.getByRole('table', { name: 'Assignments' })
  await expect(table.getByRole('row')).toHaveCount(3)
  await expect(table).toContainText('nothing to compute: a person chose it')
  await expect(engineer.getByText(/^Seed: shown once this version is retired/)).toBeVisible()

  await engineer.goto(path)
  const [file] = await Promise.all([
    engineer.waitForEvent('download'),
    engineer.getByRole('link', { name: 'Export version 1 as a file' }).click(),
  ])
  const { plan } = JSON.parse(readFileSync(await file.path(), 'utf8'))
  expect(plan.design.arms.map(({ name }: { name: string }) => name)).toEqual(['Twice', 'At once'])
})
