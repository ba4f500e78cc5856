import { expect, test } from 'vitest'
import { describeApi } from './openapi'

test('docs/openapi.json describes what the API gives', async () => {
  const text = `${JSON.stringify(describeApi(), null, 2)}\n`
  await expect(text).toMatchFileSnapshot('../../docs/openapi.json')
})

test('every way in the description only reads', () => {
  const methods = Object.values(describeApi().paths ?? {}).flatMap((it) => Object.keys(it))
  expect(new Set(methods)).toEqual(new Set(['get']))
})
