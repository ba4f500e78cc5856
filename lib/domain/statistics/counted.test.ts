import { expect, test } from 'vitest'
import { errorThoughStartedPrint } from '../contradiction/error-though-started'
import { readOutcomeView } from '../trial/outcome-view'
import { countedAbout, countedAddress, countedLabel, readCounted } from './counted'
import { type SeenCount, seenRows } from './seen-rows'

const isDownloaded =
  'contradiction:OSUpdateStatus OSUpdateStatus[].IsDownloaded typeDiffers integer'

test.each([
  ['observation:promptShown', 'Prompt shown'],
  ['observation:passcodeAsked', 'Passcode asked'],
  [isDownloaded, 'OSUpdateStatus[].IsDownloaded type differs: integer'],
  [`contradiction:${errorThoughStartedPrint}`, 'Error though it started'],
  [
    'contradiction:OSUpdateStatus OSUpdateStatus[]."a \\" b" notDocumented string',
    'OSUpdateStatus[]."a \\" b" not documented: string',
  ],
])('%s is counted as “%s”, and keeps its address', (address, label) => {
  const counted = readCounted(address)
  if (!counted) throw new Error('not read')
  expect(countedLabel(counted)).toBe(label)
  expect(countedAddress(counted)).toBe(address)
})

test.each([
  '',
  'promptShown',
  'observation:',
  'observation:other',
  'observation:weather',
  'outcome:refused',
  'contradiction:OSUpdateStatus',
  'contradiction:NoSuchCommand (reply) typeDiffers integer',
  'contradiction:OSUpdateStatus (reply) noSuchKind integer',
  'contradiction:OSUpdateStatus UpdateResults documentedSilence missing',
  'contradiction:OSUpdateStatus (reply) typeDiffers a\u0000b',
  `contradiction:OSUpdateStatus (reply) typeDiffers ${'a'.repeat(700)}`,
])('“%s” is nothing that can be counted', (text) => {
  expect(readCounted(text)).toBeUndefined()
})

test('the address of the page reports what cannot be counted, and keeps the rest', () => {
  const { view, problems } = readOutcomeView({ count: 'observation:weather', rows: 'model' })
  expect(view).toEqual({ rows: 'model' })
  expect(problems).toMatchObject([
    { field: 'count', accepted: expect.stringContaining('promptShown') },
  ])
  expect(readOutcomeView({ count: isDownloaded }).view).toEqual({ count: isDownloaded })
})

const trials = (row: string, seen: SeenCount['seen'], trials: number) => ({ row, seen, trials })

// Wilson's limits of 3 of 3 and 1 of 5 as in golden/proportion.json.
test('unknown, impossible and void trials stand in no rate, and n below 3 has none', () => {
  const rows = seenRows([
    trials('12', 'notSeen', 2),
    trials('11.3', 'seen', 1),
    trials('11.3', 'notSeen', 4),
    trials('11.3', 'unknown', 3),
    trials('11.3', 'impossible', 1),
    trials('11.3', 'void', 2),
  ])
  expect(rows.map(({ row }) => row)).toEqual(['11.3', '12'])
  expect(rows[0]).toMatchObject({ n: 5, reached: 1, leftOut: 6, rate: 0.2 })
  expect(rows[0]?.interval?.low).toBeCloseTo(0.0362, 4)
  expect(rows[0]?.interval?.high).toBeCloseTo(0.6245, 4)
  expect(rows[1]).toMatchObject({
    n: 2,
    reached: 0,
    leftOut: 0,
    rate: undefined,
    interval: undefined,
  })
})

test('the page says who is counted: without a record nobody, and without a passcode no question for one', () => {
  const about = (address: string) =>
    countedAbout(readCounted(address) ?? { of: 'observation', kind: 'nothing' })
  expect(about('observation:promptShown')).toContain('without a record is unknown and not counted')
  expect(about('observation:passcodeAsked')).toContain('without a passcode cannot ask')
  expect(about(isDownloaded)).toContain('ran its starting version')
  expect(about(`contradiction:${errorThoughStartedPrint}`)).toContain('after an Error')
})
