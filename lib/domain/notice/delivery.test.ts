import { expect, test } from 'vitest'
import { afterTry, maxTries, resultOfStatus, retryPauses } from './delivery'
import { noticeBody, noticeTopics, reviewEventTopics, topics, trialEventTopics } from './topics'

const now = new Date('2026-03-02T09:00:00Z')
const failed = { result: 'failed', reason: 'it did not answer' } as const

test('the pauses grow, and after the last try it is given up', () => {
  expect([...retryPauses].sort((a, b) => a - b)).toEqual(retryPauses)
  retryPauses.forEach((pause, index) => {
    const dueAt = new Date(now.getTime() + pause)
    expect(afterTry(failed, index + 1, now)).toEqual({ state: 'waiting', dueAt, endedAt: null })
  })
  expect(afterTry(failed, maxTries, now)).toEqual({ state: 'givenUp', endedAt: now })
  expect(afterTry(failed, maxTries + 1, now)).toEqual({ state: 'givenUp', endedAt: now })
})

test('a delivery ends at any try, and so does one whose receiver is gone', () => {
  const gone = { result: 'gone', reason: 'gone' } as const
  expect(afterTry(resultOfStatus(200), 3, now)).toEqual({ state: 'delivered', endedAt: now })
  expect(afterTry(gone, 1, now)).toEqual({ state: 'givenUp', endedAt: now })
})

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [301, 'failed'],
  [307, 'failed'],
  [400, 'failed'],
  [401, 'failed'],
  [410, 'gone'],
  [429, 'failed'],
  [500, 'failed'],
  [0, 'failed'],
  [101, 'failed'],
])('an answer of %i counts as %s', (status, result) => {
  expect(resultOfStatus(status)).toMatchObject({ result, status })
})

test('the body has the fields of its topic and nothing else of the event', () => {
  const about = {
    trialId: 't',
    trialNumber: 12,
    deviceId: 'd',
    outcome: 'installed',
    serial: 'F70000000001',
  }
  const notice = { id: 'n', topic: 'trial.concluded', simulated: false, about, at: now } as const
  expect(noticeBody(notice, 'https://oneway.example/trials/t')).toEqual({
    type: 'trial.concluded',
    timestamp: '2026-03-02T09:00:00.000Z',
    data: {
      environment: 'real',
      trialId: 't',
      trialNumber: 12,
      deviceId: 'd',
      outcome: 'installed',
      link: 'https://oneway.example/trials/t',
    },
  })
})

test('each topic is described, and every event leads to a topic that can be chosen', () => {
  expect(Object.keys(noticeTopics).sort()).toEqual([...topics, 'oneway.test'].sort())
  for (const topic of Object.values({ ...trialEventTopics, ...reviewEventTopics }))
    expect(topics).toContain(topic)
})
