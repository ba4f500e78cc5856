import { describe, expect, test } from 'vitest'
import { changed, factsOf, problemsOf, samples, sampleText } from './feed.testing'
import { readFeed } from './read-feed'

test.each([
  ['apple-pmv.json', 'pmv', ''],
  ['sofa-v2-ios.json', 'sofa', 'iOS'],
  ['ipswme-device.json', 'ipswDevice', 'iPhone14,2'],
  ['ipswme-devices.json', 'ipswDevices', ''],
  ['appledb-ios-list.json', 'appledbOs', ''],
  ['appledb-device.json', 'appledbDevices', ''],
] as const)('%s is read by its shape', (name, kind, scope) => {
  expect(factsOf(sampleText(name))).toMatchObject({ kind, scope })
})

describe.each(samples)('%s', (name) => {
  test('cut off anywhere, it is refused and says so', () => {
    const text = sampleText(name).trimEnd()
    for (let part = 1; part < 40; part++) {
      const [problem] = problemsOf(text.slice(0, Math.floor((text.length * part) / 40)))
      expect(problem).toMatchObject({ path: 'the file', reason: /is not whole JSON|is empty/ })
    }
  })

  test('reads the same behind a byte order mark, and with its keys in another order', () => {
    const facts = factsOf(sampleText(name))
    expect(factsOf(`\uFEFF${sampleText(name)}`)).toEqual(facts)
    expect(factsOf(reversed(JSON.parse(sampleText(name))))).toMatchObject({ kind: facts.kind })
  })

  test('with a key that nobody knows it is read, and the key is named', () => {
    const list = Array.isArray(JSON.parse(sampleText(name)))
    const facts = factsOf(changed(name, list ? [0, 'Novelty'] : ['Novelty'], [1]))
    const plain = factsOf(sampleText(name))
    expect({ ...facts, remarks: [] }).toEqual({ ...plain, remarks: [] })
    expect(facts.remarks.join()).toContain('Novelty')
  })

  test('whatever stands in any of its places, it is read or refused, and nothing is thrown', () => {
    const odd = [null, 0, -1, '', ' ', 'x', '2026', true, [], {}, [[]], [null], { a: 1 }, 1e300]
    for (const path of everyPath(JSON.parse(sampleText(name))))
      for (const value of odd) {
        const read = readFeed(JSON.stringify(changed(name, path, value)))
        if ('facts' in read) continue
        expect(read.problems.length).toBeGreaterThan(0)
        for (const { path, reason } of read.problems) expect(`${path} ${reason}`).not.toBe(' ')
      }
  })
})

test.each([
  ['', 'is empty'],
  ['nothing', 'is not whole JSON'],
  ['{}', 'is of a shape that is not known'],
  ['[]', 'is an empty list'],
  ['[1]', 'is no object'],
  ['"text"', 'is no feed'],
  ['null', 'is no feed'],
  ['["iOS;23G83"]', 'is no object'],
  ['{"items":[]}', 'is of a shape that is not known'],
])('%s is refused: it %s', (text, reason) => {
  expect(problemsOf(text)[0]?.reason).toContain(reason)
})

/** The same with the keys of every object in the reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  )
}

/** Every place of a value; of a list the first two, as the others are of the same kind. */
function everyPath(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const parts: [string | number, unknown][] = Array.isArray(value)
    ? value.slice(0, 2).map((one, at) => [at, one])
    : Object.entries(value)
  return [path, ...parts.flatMap(([key, one]) => everyPath(one, [...path, key]))]
}
