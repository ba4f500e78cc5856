import { expect, test } from 'vitest'
import { witnessedSend as sent, witnessedDatabase } from '../testing'
import {
  addEntry,
  type DatabaseIdentity,
  emptyWitness,
  identityDifferences,
  type WitnessEntry,
} from './witness'

const at = '2026-03-02T09:00:00.000Z'
const identity = witnessedDatabase
const fold = (entries: WitnessEntry[]) => entries.reduce(addEntry, emptyWitness)
const began: WitnessEntry = { kind: 'began', at, identity, head: { seq: 1, hash: 'h1' } }

test('a sent request is remembered forever, even after a lead has accepted the database', () => {
  const after = { ...identity, timeline: 2 }
  const state = fold([
    began,
    sent('one', 5),
    { kind: 'accepted', at, identity: after, head: { seq: 3, hash: 'h3' }, stopId: 7 },
    sent('two', 4),
  ])
  expect([...state.sends.keys()]).toEqual(['one', 'two'])
  expect(state).toMatchObject({
    began: true,
    identity: after,
    head: { seq: 4 },
    recent: ['two'],
    acceptedStops: [{ stopId: 7 }],
  })
})

test('a request that was provably never sent may be sent again', () => {
  const state = fold([began, sent('one', 5), { kind: 'notSent', at, commandUuid: 'one' }])
  expect(state.sends.size).toBe(0)
  expect(state.recent).toEqual([])
  expect(state.head).toEqual({ seq: 5, hash: 'h5' })
})

test('the newest head counts, whatever the order of the lines', () => {
  expect(fold([began, sent('one', 9), sent('two', 5)]).head?.seq).toBe(9)
})

test.each<[what: string, is: Partial<DatabaseIdentity>, differences: number]>([
  ['the same', {}, 0],
  ['another cluster', { system: '7999' }, 1],
  ['another database', { databaseOid: 20000 }, 1],
  ['a promoted standby', { timeline: 2 }, 1],
  ['renamed only', { databaseName: 'lab' }, 0],
  ['a server that does not report it', { system: undefined, timeline: undefined }, 0],
  ['all of it', { system: '7999', databaseOid: 1, timeline: 2 }, 3],
])('a database that is %s', (_, is, differences) => {
  expect(identityDifferences(identity, { ...identity, ...is })).toHaveLength(differences)
})
