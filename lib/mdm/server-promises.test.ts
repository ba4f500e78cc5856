import { expect, test } from 'vitest'
import { describeGap, overlaps } from '@/lib/domain/trial/observation'
import { serverKinds, storageKinds } from './server-kinds'
import { serverPromises, storageAdvice } from './server-promises'

const combinations = serverKinds.flatMap((kind) =>
  storageKinds.map((storage) => ({ kind, storage })),
)

const pinned =
  /^https:\/\/github\.com\/(?:micromdm|jessepeterson)\/\w+\/blob\/(?:[0-9a-f]{7}|v\d+\.\d+\.\d+)\//

test.each(combinations)(
  'every promise of $kind on $storage has its reason and a pinned source',
  ({ kind, storage }) => {
    const promises = serverPromises({ kind, storage, declarationsUrl: 'https://ddm.example' })
    expect(promises.length).toBeGreaterThan(5)
    for (const { reason, cites } of promises) {
      expect(reason).toMatch(/\.$/)
      expect(cites).toMatch(pinned)
    }
  },
)

test.each(['nanomdm', 'nanohub'] as const)(
  'nothing is promised of a storage of %s that nobody has told',
  (kind) => {
    const answers = serverPromises({ kind, storage: 'unknown' }).map(({ answer }) => answer)
    expect(answers.filter((answer) => answer === 'depends')).toHaveLength(4)
  },
)

test('what NanoHUB calls file repeats and loses as the filekv of NanoMDM, and not as its file', () => {
  const answersOf = (...[kind, storage]: ['nanomdm' | 'nanohub', 'file' | 'filekv']) =>
    serverPromises({ kind, storage })
      .slice(1, 5)
      .map(({ answer, reason }) => ({ answer, reason }))
  expect(answersOf('nanohub', 'file')).toEqual(answersOf('nanomdm', 'filekv'))
  expect(answersOf('nanohub', 'file')).not.toEqual(answersOf('nanomdm', 'file'))
  expect(storageAdvice({ kind: 'nanohub', storage: 'file' })).toBe('Use mysql for real trials.')
})

test('only pgsql and mysql come without advice', () => {
  const silent = combinations.filter(({ kind, storage }) => !storageAdvice({ kind, storage }))
  expect(silent).toEqual([
    { kind: 'nanomdm', storage: 'pgsql' },
    { kind: 'nanomdm', storage: 'mysql' },
    { kind: 'nanohub', storage: 'mysql' },
  ])
})

test('a virtual server is said to play a storage, not to have none set', () => {
  const sort = { kind: 'nanomdm', storage: 'unknown', simulated: true } as const
  const words = [storageAdvice(sort), ...serverPromises(sort).map(({ reason }) => reason)]
  expect(words.join(' ')).not.toContain('not set')
  expect(words[0]).toContain('chosen on the page Virtual lab')
  expect(serverPromises(sort)).toHaveLength(serverPromises({ ...sort, simulated: false }).length)
})

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute))

test('an open gap reaches into every later time, and says that it lasts', () => {
  expect(overlaps({ beganAt: at(0) }, at(30))).toBe(true)
  expect(overlaps({ beganAt: at(0), endedAt: at(10) }, at(11))).toBe(false)
  expect(describeGap({ beganAt: at(0) })).toContain('still open')
})

test('pgsql is not said to hand out no acknowledged command again: a binary answer it cannot store', () => {
  const promise = serverPromises({ kind: 'nanomdm', storage: 'pgsql' }).find(({ question }) =>
    question.includes('never delivered again'),
  )
  expect(promise).toMatchObject({ answer: 'no', reason: expect.stringContaining('each poll') })
})

test.each([
  ['nanomdm', undefined, 'no', 1],
  ['nanomdm', 'https://ddm.example', 'yes', 5],
  ['micromdm', undefined, 'no', 1],
] as const)('%s with declarations at %s: %s', (kind, declarationsUrl, answer, rows) => {
  const of = (url?: string) =>
    serverPromises({ kind, storage: 'pgsql', declarationsUrl: url ?? null })
  const at = of(declarationsUrl).findIndex(({ question }) => question.includes('by declaration'))
  const declared = of(declarationsUrl).slice(at)
  expect(declared[0]).toMatchObject({ answer })
  expect(declared).toHaveLength(rows)
  expect(
    declared.some(({ question, answer: said }) => /learns/.test(question) && said === 'no'),
  ).toBe(answer === 'yes')
})
