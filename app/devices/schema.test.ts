import { expect, test } from 'vitest'
import { deviceSchema, readingsSchema } from './schema'

const device = {
  labTag: 'L-1',
  name: 'Red',
  enrollmentId: '',
  serial: '',
  platform: 'iOS' as const,
  modelIdentifier: '',
  modelName: '',
  location: '',
  holder: '',
  notes: '',
  mdmServerId: '',
}
const messages = (given: object) => {
  const { error } = deviceSchema.safeParse({ ...device, ...given })
  return error?.issues.map(({ path, message }) => [path[0], message])
}

test('an empty field is no problem but for the name and the platform', () => {
  expect(messages({})).toBeUndefined()
  expect(messages({ name: ' ' })).toMatchObject([['name', expect.stringContaining('missing')]])
})

test('a pasted tag loses its spaces, a pasted enrollment ID is refused with them', () => {
  expect(deviceSchema.parse({ ...device, labTag: ' L-2 ' }).labTag).toBe('L-2')
  expect(messages({ enrollmentId: '00008020-000915083C80012E ' })).toMatchObject([
    ['enrollmentId', expect.stringContaining('space')],
  ])
})

test('a model on the wrong platform is said at the platform', () => {
  expect(messages({ modelIdentifier: 'AppleTV6,2' })).toMatchObject([
    ['platform', expect.stringContaining('tvOS')],
  ])
})

test('every bad reading is said at its own field', () => {
  const texts = { batteryLevel: '150', osVersion: 'x', supervised: '' }
  const { error } = readingsSchema.safeParse({
    deviceId: '5c0f3d0e-0000-4000-8000-000000000001',
    minutesAgo: 0,
    texts,
  })
  expect(error?.issues.map(({ path }) => path[1])).toEqual(['osVersion', 'batteryLevel'])
})
