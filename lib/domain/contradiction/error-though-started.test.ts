import { expect, test } from 'vitest'
import type { OutcomeEvidence, SlotEvidence } from '../outcome/outcome-evidence'
import { errorsThoughStarted } from './error-though-started'

const at = (minute: number) => new Date(Date.UTC(2018, 9, 19, 12, minute))

const error = { domain: 'com.apple.softwareupdateservices.errors', code: 16 }
const slot = (ordinal: number, sentAt: number, status: string, errors = [error]): SlotEvidence => ({
  ...{ ordinal, installAction: 'Default', state: 'queued', sentAt: at(sentAt) },
  replies: [
    {
      ...{ status, at: at(sentAt + 1), order: ordinal * 10, source: 'reply' },
      errors: status === 'Error' ? errors : [],
    },
  ],
})

const evidence = (but: Partial<OutcomeEvidence>): OutcomeEvidence => ({
  startOs: '11.4',
  startBuild: '15F79',
  slots: [],
  statusReports: [],
  observations: [],
  deadlineAt: at(59),
  now: at(59),
  ...but,
})
const download = { at: at(3), activity: 'downloading' as const }
const prompt = { kind: 'promptShown' as const, at: at(23) }
const events = (but: Partial<OutcomeEvidence>) =>
  errorsThoughStarted(evidence(but)).map(({ event }) => event)

test('an Error after which the device downloads, prompts or installs, as on 11.4 with a passcode', () => {
  const slots = [slot(1, 1, 'Error'), slot(2, 20, 'Error')]
  expect(events({ slots, statusReports: [download], observations: [prompt] })).toEqual([10, 20])
  const [found] = errorsThoughStarted(evidence({ slots, statusReports: [download] }))
  expect(found).toMatchObject({
    kind: 'errorThoughStarted',
    reason:
      'the command was answered with Error (com.apple.softwareupdateservices.errors 16), and afterwards the device reported the download',
  })
  const newBuild = [{ version: '12.0', build: '16A366', at: at(40) }]
  expect(events({ slots: [slot(1, 1, 'Error')], sightings: newBuild })).toEqual([10])
})

test.each<[string, Partial<OutcomeEvidence>]>([
  ['nothing happened', { slots: [slot(1, 1, 'Error')] }],
  ['it was acknowledged', { slots: [slot(1, 1, 'Acknowledged')], observations: [prompt] }],
  [
    'the code means progress',
    {
      slots: [slot(1, 1, 'Error', [{ domain: 'MCMDMErrorDomain', code: 12051 }])],
      statusReports: [download],
    },
  ],
  [
    'the download is of an earlier command',
    { slots: [slot(1, 1, 'Acknowledged'), slot(2, 2, 'Error')], statusReports: [download] },
  ],
  [
    'the prompt was there before',
    { slots: [slot(1, 1, 'Acknowledged'), slot(2, 30, 'Error')], observations: [prompt] },
  ],
  [
    'the prompt came after the next command',
    { slots: [slot(1, 1, 'Error'), slot(2, 20, 'Acknowledged')], observations: [prompt] },
  ],
  [
    'the OS is the one it started on',
    { slots: [slot(1, 1, 'Error')], sightings: [{ version: '11.4', build: '15F79', at: at(9) }] },
  ],
])('no contradiction where %s', (_, but) => {
  expect(events(but)).toEqual([])
})

test('the order in which evidence was gathered does not matter', () => {
  const slots = [slot(2, 20, 'Error'), slot(1, 1, 'Error')]
  const statusReports = [{ at: at(9), activity: 'downloading' as const }, download]
  expect(events({ slots, statusReports, observations: [prompt] })).toEqual([10, 20])
})
