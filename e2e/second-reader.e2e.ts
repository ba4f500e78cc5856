import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { twoSlots } from '@/lib/core/testing/trial'
import { connect, type Db } from '@/lib/db/client'
import { findShownServerBySlug } from '@/lib/db/queries/servers/servers'
import { endTurn, takeTurns, transact } from '@/lib/db/transact'
import { virtualLabSlug } from '@/lib/demo/seed'
import { systemActor } from '@/lib/domain/account/permissions'
import { paths } from '@/lib/paths'
import { provideSecretKey } from '@/scripts/secret-key'
import { sign } from './bench'
import { readFacts } from './facts'
import { expect, test } from './lab'

/** Several people act in one transaction: each is named only until their own part of it ends. */
function inTurns(tx: Db): Db {
  const transaction: Db['transaction'] = async (run) => {
    const result = await tx.transaction(run)
    await endTurn(tx, systemActor)
    return result
  }
  return Object.assign(Object.create(tx), { transaction })
}

/**
 * A simulated trial on a device of its own, concluded by somebody else under a protocol that asks for a second reader.
 * The lab sees it whole: its worker would send the command, whose hold ended long ago.
 */
async function concludedForTwo(): Promise<string> {
  const { databaseUrl, dataDir } = readFacts()
  // A release reads the key of the MDM server, which the lab's key unseals.
  provideSecretKey({}, dataDir)
  const { db, end } = connect(databaseUrl, { max: 1, asOwner: true })
  const plan = { ...twoSlots, title: 'Read by two people', secondReader: true }
  const { trialId } = await transact(db, systemActor, async (tx) => {
    await takeTurns(tx)
    const server = await findShownServerBySlug(tx, virtualLabSlug)
    if (!server) throw new Error('the demo has no virtual lab')
    const trip = { plan, serverId: server.id, simulated: true, outcome: 'refused' as const }
    await endTurn(tx, systemActor)
    return concludedTrial(inTurns(tx), trip)
  })
  await end()
  return trialId
}

test('an engineer reads an outcome blinded, and a lead decides where the two readers disagree', async ({
  signedIn,
}) => {
  const trialId = await concludedForTwo()
  const engineer = await signedIn('engineer')
  await engineer.goto(paths.agreement({ environment: 'simulated' }))
  const toRead = engineer.getByRole('region', { name: 'Awaiting second reading' })
  const row = toRead.getByRole('row').filter({ hasText: 'Read by two people' })
  await expect(row).toContainText('can read it blinded')
  await row.getByRole('link', { name: /^T-\d+$/ }).click()

  const outcome = engineer.getByRole('region', { name: 'Outcome', exact: true })
  await expect(outcome.getByText('Withheld until the second reading')).toBeVisible()
  await expect(outcome.getByText('12.1 (16B92)')).toBeVisible()
  // The whole page, with what a browser got of it besides what it shows.
  const whole = await (await engineer.request.get(paths.trial(trialId))).text()
  expect(whole).not.toMatch(/Refused by the device|seen on the bench by two people/)
  await outcome.getByRole('button', { name: 'Record the second reading…' }).click()
  const reading = engineer.getByRole('dialog')
  await reading.getByRole('combobox', { name: 'Outcome' }).click()
  await engineer.getByRole('option', { name: 'Installed after user action' }).click()
  await reading.getByLabel(/^Reason/).fill('The prompt was shown and 12.1 was seen.')
  await reading.getByRole('button', { name: 'Record', exact: true }).click()
  await expect(outcome.getByText('Readers disagree.')).toBeVisible()
  await expect(outcome.getByText('The first said “Refused by the device”.')).toBeVisible()
  await expect(outcome.getByRole('button', { name: 'Decide between the readers…' })).toBeDisabled()

  const lead = await signedIn('lead')
  await lead.goto(paths.trial(trialId))
  const decided = lead.getByRole('region', { name: 'Outcome', exact: true })
  await decided.getByRole('button', { name: 'Decide between the readers…' }).click()
  const between = lead.getByRole('dialog')
  await between.getByRole('combobox', { name: 'Outcome' }).click()
  await lead.getByRole('option', { name: 'Void (operator error)' }).click()
  await between.getByLabel(/^Reason/).fill('The notes do not say who touched it.')
  await sign(lead, 'Sign and decide', 'lead')
  await expect(decided.getByText('Void (operator error)')).toBeVisible()
  await lead.goto(paths.agreement({ environment: 'simulated' }))
  const all = lead.getByRole('row', { name: /^All protocols/ })
  await expect(all).toContainText('0 of 1')
  await expect(all).toContainText('Fewer than 30 pairs')
})
