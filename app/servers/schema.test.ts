import { expect, test } from 'vitest'
import { serverSchema } from './schema'

const good = {
  name: 'Lab NanoMDM',
  slug: 'lab-nanomdm',
  url: 'http://127.0.0.1:9000/',
  apiKey: 'nanomdm-key',
  hmacKey: 'a-key-of-16-signs',
}

test('an address loses its last slash and a blank key is no key', () => {
  const kept = serverSchema.parse({ ...good, apiKey: '', hmacKey: '' })
  expect(kept.url).toBe('http://127.0.0.1:9000')
  expect(kept).toMatchObject({ apiKey: undefined, hmacKey: undefined })
})

test.each([
  ['url', 'mdm.lab.example'],
  ['url', 'file:///etc/passwd'],
  ['url', 'http://user:secret@mdm.lab.example'],
  ['slug', 'Lab NanoMDM'],
  ['slug', '../people'],
  ['slug', '-lab'],
  ['apiKey', 'two words'],
  ['apiKey', 'line\nbreak'],
  ['hmacKey', 'short'],
  ['name', ' '],
])('a %s of "%s" is refused at its field', (field, value) => {
  const { error } = serverSchema.safeParse({ ...good, [field]: value })
  expect(error?.issues.map(({ path }) => path[0])).toEqual([field])
})
