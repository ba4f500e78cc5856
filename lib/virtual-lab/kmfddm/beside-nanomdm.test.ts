import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDeclarationServer } from '@/lib/mdm/declarations/client'
import { kmfddmPath } from '../http-exchange'
import { freshState } from '../lab-state'
import { createNanomdmServer } from '../nanomdm-server'
import { labOnBench, minute } from '../testing'

const { lab, idOf, passMs, deviceOf } = labOnBench(freshState('seed'))
const server = createNanomdmServer(lab, 'key')
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}${kmfddmPath}`
})
afterAll(() => server.close())

const client = (apiKey = 'key') => createDeclarationServer('beside', { url, apiKey })

test('Oneway’s own client reads version and key, and refuses another key', async () => {
  expect(await client().version()).toEqual({ ok: true, version: 'v0.8.3' })
  expect(await client().tryKey()).toMatchObject({ found: 'yes' })
  expect(await client('other').tryKey()).toMatchObject({ found: 'no' })
})

test('it finds what is attached to a device, and the device fetches it', async () => {
  const put = async (path: string, body?: object) => {
    const response = await fetch(`${url}/v1/${path}`, {
      method: 'PUT',
      headers: { authorization: `Basic ${Buffer.from('kmfddm:key').toString('base64')}` },
      ...(body && { body: JSON.stringify(body) }),
    })
    return response.status
  }
  const Type = 'com.apple.activation.simple'
  const declaration = { Type, Identifier: 'a', Payload: { StandardConfigurations: [] } }
  const id = idOf('B-11')
  expect(await put('declarations?nonotify=1', declaration)).toBe(204)
  expect(await put('set-declarations/s?declaration=a&nonotify=1')).toBe(204)
  expect(await put(`enrollment-sets/${id}?set=s`)).toBe(204)
  expect(await client().sets(id)).toMatchObject({
    ok: true,
    sets: [{ set: 's', declarations: [{ identifier: 'a' }] }],
  })
  passMs(minute)
  expect(deviceOf('B-11').declarative?.held.map(({ identifier }) => identifier)).toEqual(['a'])
})
