import { expect, test } from 'vitest'
import { allOf } from './all-of'

test('each value keeps its name, whichever comes first and whether it is a promise', async () => {
  const late = new Promise<string>((done) => setTimeout(() => done('late'), 5))
  expect(await allOf({ late, soon: Promise.resolve(2), there: undefined })).toEqual({
    ...{ late: 'late', soon: 2, there: undefined },
  })
})

test('one that fails fails all', async () => {
  const failing = Promise.reject(new Error('the database is away'))
  await expect(allOf({ one: 1, failing })).rejects.toThrow('the database is away')
})
