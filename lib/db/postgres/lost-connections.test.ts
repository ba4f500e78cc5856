import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { isLostTypesQuestion, outliveLostConnections } from './lost-connections'

const lost = (query: string) =>
  Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED', query })

test('a database that goes away while a connection asks for its types ends no process', () => {
  const target = new EventEmitter()
  const reported: unknown[] = []
  outliveLostConnections((reason) => reported.push(reason), target)
  const reason = lost('select b.oid from pg_catalog.pg_type a')
  target.emit('unhandledRejection', reason)
  expect(reported).toEqual([reason])
})

test.each([
  ['a query of ours', lost('select 1')],
  ['a bug', new Error('no such thing')],
  ['no error at all', 'text'],
])('%s that nobody awaited still ends the process', (_what, reason) => {
  const target = new EventEmitter()
  outliveLostConnections(() => undefined, target)
  expect(() => target.emit('unhandledRejection', reason)).toThrow()
  expect(isLostTypesQuestion(reason)).toBe(false)
})
