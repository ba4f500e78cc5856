import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createConcurrencyLimit } from './concurrency-limit'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

class Response extends EventEmitter {
  destroyed = false
}

function visitors(atOnce: number) {
  const withinLimit = createConcurrencyLimit({ maxRendering: atOnce, maxMs: 3_000 })
  const drawn: string[] = []
  const visit = (url: string, method = 'GET') => {
    const response = new Response()
    withinLimit({ request: { method, url }, response }, () => drawn.push(url))
    return response
  }
  return { drawn, visit }
}

test('two are drawn at once, the others one after the other as those are finished', () => {
  const { drawn, visit } = visitors(2)
  const [first, second] = [visit('/1'), visit('/2')]
  visit('/3')
  visit('/4')
  expect(drawn).toEqual(['/1', '/2'])
  second.emit('finish')
  second.emit('close')
  expect(drawn).toEqual(['/1', '/2', '/3'])
  first.emit('close')
  expect(drawn).toEqual(['/1', '/2', '/3', '/4'])
})

test('a page that takes too long holds up nobody, and its end lets nobody in a second time', () => {
  const { drawn, visit } = visitors(1)
  const slow = visit('/slow')
  visit('/2')
  visit('/3')
  vi.advanceTimersByTime(2_999)
  expect(drawn).toEqual(['/slow'])
  vi.advanceTimersByTime(1)
  expect(drawn).toEqual(['/slow', '/2'])
  slow.emit('finish')
  expect(drawn).toEqual(['/slow', '/2'])
})

test('who has gone away is not drawn for, and the next one is', () => {
  const { drawn, visit } = visitors(1)
  const first = visit('/1')
  for (const gone of [visit('/gone'), visit('/gone too')]) gone.destroyed = true
  visit('/2')
  first.emit('finish')
  expect(drawn).toEqual(['/1', '/2'])
})

test('however many have gone away, the next one is drawn for', () => {
  const { drawn, visit } = visitors(1)
  const first = visit('/1')
  for (let n = 0; n < 50_000; n += 1) visit('/gone').destroyed = true
  visit('/2')
  first.emit('finish')
  expect(drawn).toEqual(['/1', '/2'])
})

test('a page that cannot even be begun gives its turn back', () => {
  const withinLimit = createConcurrencyLimit({ maxRendering: 1, maxMs: 3_000 })
  const drawn: string[] = []
  const visit = (url: string, draw: () => void) =>
    withinLimit({ request: { method: 'GET', url }, response: new Response() }, draw)
  expect(() =>
    visit('/broken', () => {
      throw new Error('no')
    }),
  ).toThrow('no')
  visit('/2', () => drawn.push('/2'))
  expect(drawn).toEqual(['/2'])
})

test.each([
  ['/devices', 'POST'],
  ['/api/events', 'GET'],
  ['/api/v1/devices', 'GET'],
  ['/_next/static/a.js', 'GET'],
])('%s by %s waits for no turn and takes none', (url, method) => {
  const { drawn, visit } = visitors(1)
  visit(url, method)
  visit('/page')
  visit(url, method)
  expect(drawn).toEqual([url, '/page', url])
})
