import { Writable } from 'node:stream'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createTestDb, type TestDb } from './db/testing'
import { createLog, forLog, quietConsole } from './log'

const canary = 'canary-7f3a91-of-a-session'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())
beforeEach(() => {
  vi.stubEnv('LOG_LEVEL', 'info')
})

/** What a failed query throws: Drizzle's error with the value in its message, and postgres.js's below. */
async function failedQuery(): Promise<unknown> {
  try {
    return await lab.db.execute(sql`select 1 from no_such_table where token = ${canary}`)
  } catch (error) {
    return error
  }
}

const logged = (write: (log: ReturnType<typeof createLog>) => void): string => {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  write(createLog('test', stream))
  return text
}

test('F46: the values of a failed query are in no log, and its words are', async () => {
  expect(String(await failedQuery())).toContain(canary)
  const error = await failedQuery()
  const text = logged((log) => log.error({ err: error }, 'a query failed'))
  expect(text).not.toContain(canary)
  expect(text).toContain('no_such_table')
})

test('F46: nor do they reach the terminal, wherever in an error they stand', async () => {
  const inside = new Error('outer', { cause: await failedQuery() })
  const group = new AggregateError([await failedQuery()], 'several')
  const printed: unknown[] = []
  const target = {
    error: (...values: unknown[]) => void printed.push(...values),
    warn: (...values: unknown[]) => void printed.push(...values),
  }
  quietConsole(target)
  target.error(' ⨯', await failedQuery())
  target.warn(inside)
  target.error(group)
  expect(printed.join('\n')).not.toContain(canary)
  expect(printed.join('\n')).toContain('no_such_table')
})

test('F46: a field that is a secret is hidden at every depth that is logged', () => {
  for (const name of [
    'password',
    'token',
    'cookie',
    'authorization',
    'apiKey',
    'hmacKey',
    'secret',
  ])
    for (const value of [
      { [name]: canary },
      { a: { [name]: canary } },
      { a: { b: { [name]: canary } } },
    ])
      expect(logged((log) => log.error(value, 'x'))).not.toContain(canary)
})

const attacks = [
  'a\nb',
  'a\r\nINFO forged',
  '\u001b[2J\u001b[31mred',
  'a\u2028b',
  '\u0007',
  '\u0000',
]

test.each(attacks)('F48: %j in a field or a message is one line of JSON', (text) => {
  const line = logged((log) => log.warn({ what: text, deep: { text } }, text))
  expect(line.match(/\n/g)).toHaveLength(1)
  const read: unknown = JSON.parse(line)
  expect(read).toMatchObject({ what: text, msg: text })
  expect(line).not.toContain('\u001b')
})

test.each(attacks)('F48: %j moves no cursor and begins no line on the terminal', (text) => {
  const shown = forLog(text)
  expect(shown.replaceAll('\n  ', '')).toMatch(/^[\t\u0020-\u007e\u00a0-\u{10ffff}]*$/u)
  expect(
    shown
      .split('\n')
      .slice(1)
      .every((line) => line.startsWith('  ')),
  ).toBe(true)
})
