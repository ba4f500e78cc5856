import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { textsOf } from '@/lib/domain/report/blocks'
import { exactTime } from '@/lib/domain/text/instant'
import { removalSteps } from '@/lib/domain/trial/declaration-step'
import { carryOn } from '@/lib/worker/carry-on'
import { declarationCheckin, receiveCheckin } from '../../ingest/declarations.testing'
import { deliver } from '../../release/deliver'
import { withdrawDeclaration } from '../../release/withdraw-declaration'
import { declaringServer } from '../../testing/declaration-server'
import { releasedDeclaration } from '../../testing/declaration-trial'
import { later, lead, must } from '../../testing/people'
import { proofOf } from '../../testing/trial'
import { reportOf } from './report.testing'
import { reportDocument } from './report-document'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function withdrawn() {
  const mdm = declaringServer()
  const trial = await releasedDeclaration(lab.db, mdm)
  const { commandUuid, trialId } = trial
  await deliver(lab.db, mdm.servers, commandUuid, () => later(121))
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(200))
  const input = { commandUuid, reason: 'the question has changed', proofId }
  must(await withdrawDeclaration(lab.db, lead, input, later(200)), 'withdrawing')
  const round = (seconds: number) =>
    carryOn({ db: lab.db, servers: mdm.servers, clock: () => later(seconds), sending: {} })
  return { ...trial, mdm, round }
}

async function reported(trialId: string) {
  const report = await reportOf(lab.db, trialId)
  const [command] = report.commands
  return { command, words: textsOf(reportDocument(report)) }
}
const at = (seconds: number) => exactTime(later(seconds))

test('the report of a withdrawn declaration says who, when, by which steps, and what the device has shown', async () => {
  const { trialId, device, round } = await withdrawn()
  await round(202)
  const before = await reported(trialId)
  expect(before.words).toEqual(
    expect.arrayContaining([
      `withdrawn by ${lead.name} ${at(200)}: the question has changed`,
      `${at(202)} detach the set from the device: done`,
      `${at(202)} have the device notified: done`,
      `its server detached it ${at(202)} and has held nothing of it since ${at(202)}`,
      'the device was not seen without it: it may still have it, or have installed it',
    ]),
  )
  // The word for a command is not said of it.
  expect(before.words.join('\n')).not.toContain('abandoned')

  await receiveCheckin(lab, device, declarationCheckin('declaration-items'), { at: 300 })
  await round(301)
  const after = await reported(trialId)
  expect(after.words).toContainEqual(expect.stringMatching(`lists it no more ${at(300)}$`))
  expect(after.command?.withdrawal).toMatchObject({
    ...{ cause: 'person', by: lead.name, seenWithoutAt: later(300).toISOString() },
    // Each request that takes it back, the notification, and the reading at the end.
    steps: { length: removalSteps.length + 2 },
  })
})

test('a withdrawal that its server has not carried out says so', async () => {
  const { trialId, mdm, round } = await withdrawn()
  mdm.state.fates = { detachSet: 'refused' }
  await round(202)
  expect((await reported(trialId)).words).toContain('its server had not detached it')
  mdm.state.fates = { removeActivation: 'cutBefore' }
  await round(500)
  const { words } = await reported(trialId)
  expect(words).toContain(`${at(202)} detach the set from the device: refused, nothing was changed`)
  expect(words).toContain(`its server detached it ${at(500)}; clearing up had not come to its end`)
})
