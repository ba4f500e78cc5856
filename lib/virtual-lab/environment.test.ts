import { expect, test } from 'vitest'
import { readEnvironment } from './environment'

const min = { VIRTUAL_LAB_STATE: '/tmp/lab', VIRTUAL_LAB_API_KEY: 'key' }

test('state folder and API key are enough', () => {
  expect(readEnvironment(min)).toMatchObject({
    port: 9001,
    host: '127.0.0.1',
    stateFolder: '/tmp/lab',
    apiKey: 'key',
    webhookUrl: undefined,
    hmacKey: undefined,
    speed: 1,
    storage: 'pgsql',
    scenarioFile: undefined,
  })
})

test('everything is read, and what is empty counts as not given', () => {
  expect(
    readEnvironment({
      ...min,
      VIRTUAL_LAB_PORT: '0',
      VIRTUAL_LAB_HOST: '::1',
      VIRTUAL_LAB_WEBHOOK_URL: 'http://127.0.0.1:3000/api/webhook/virtual-lab',
      VIRTUAL_LAB_HMAC_KEY: '',
      VIRTUAL_LAB_SPEED: '20',
      VIRTUAL_LAB_SEED: 'demo',
      VIRTUAL_LAB_STORAGE: 'filekv',
      VIRTUAL_LAB_SCENARIO: 'scenarios/origin-2018.json',
    }),
  ).toEqual({
    port: 0,
    host: '::1',
    stateFolder: '/tmp/lab',
    apiKey: 'key',
    webhookUrl: 'http://127.0.0.1:3000/api/webhook/virtual-lab',
    hmacKey: undefined,
    speed: 20,
    seed: 'demo',
    storage: 'filekv',
    scenarioFile: 'scenarios/origin-2018.json',
  })
})

test.each([
  [{ VIRTUAL_LAB_PORT: '70000' }, 'VIRTUAL_LAB_PORT is "70000"'],
  [{ VIRTUAL_LAB_PORT: 'http' }, 'VIRTUAL_LAB_PORT is "http"'],
  [{ VIRTUAL_LAB_SPEED: '0' }, 'VIRTUAL_LAB_SPEED is "0"'],
  [{ VIRTUAL_LAB_SPEED: 'fast' }, 'VIRTUAL_LAB_SPEED is "fast"'],
  [{ VIRTUAL_LAB_WEBHOOK_URL: 'localhost:3000' }, 'VIRTUAL_LAB_WEBHOOK_URL is'],
  [{ VIRTUAL_LAB_STORAGE: 'mysql' }, 'VIRTUAL_LAB_STORAGE is "mysql"'],
  [{ VIRTUAL_LAB_STATE: '' }, 'VIRTUAL_LAB_STATE is missing'],
  [{ VIRTUAL_LAB_API_KEY: '' }, 'VIRTUAL_LAB_API_KEY is missing'],
  [{ VIRTUAL_LAB_SPED: '2' }, 'VIRTUAL_LAB_SPED is not known'],
])('%o is refused by name', (change, complaint) => {
  expect(readEnvironment({ ...min, ...change })).toEqual({
    complaints: [expect.stringContaining(complaint)],
  })
})

test('all complaints come at once', () => {
  expect(readEnvironment({ VIRTUAL_LAB_PORT: 'x' })).toMatchObject({
    complaints: { length: 3 },
  })
})

test('seed and speed of a scenario count where the environment says nothing', () => {
  const usual = { seed: 'origin', speed: 60 }
  expect(readEnvironment(min, usual)).toMatchObject({ seed: 'origin', speed: 60 })
  const said = { ...min, VIRTUAL_LAB_SEED: 'mine', VIRTUAL_LAB_SPEED: '20' }
  expect(readEnvironment(said, usual)).toMatchObject({ seed: 'mine', speed: 20 })
})
