import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../db/testing'
import { plainUrl, serverAddress } from './server-address'
import { serverUrlProblem } from './server-url'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** Each row is one server in several spellings; no two rows are the same one. */
const servers: string[][] = [
  [
    'https://mdm.example',
    'https://MDM.Example/',
    'https://mdm.example:443',
    'https://mdm.example.',
  ],
  ['https://mdm.example/nano', 'https://mdm.example:443/nano/'],
  ['https://mdm.example/Nano'],
  ['https://mdm.example:8443'],
  ['https://10.0.0.5'],
  ['https://[fd00::5]', 'https://[FD00::5]:443/'],
  [
    ...['http://127.0.0.1:9000', 'http://localhost:9000/', 'http://LocalHost:09000'],
    ...['http://[::1]:9000', 'http://127.0.0.2:9000', 'https://localhost:9000'],
  ],
  ['http://localhost', 'http://127.0.0.1:80'],
  ['https://localhost', 'https://127.0.0.1:443/'],
  ['https://localhost.example'],
  ['https://127.0.0.1.example'],
]
const spellings = servers.flat()

test('one server has one address in each spelling, and two servers never have the same', () => {
  for (const [first = '', ...others] of servers)
    for (const other of others) expect(serverAddress(other), other).toBe(serverAddress(first))
  expect(new Set(spellings.map(serverAddress)).size).toBe(servers.length)
})

test('the database reads each spelling as the program does', async () => {
  for (const url of [...spellings, ...spellings.map(plainUrl)]) {
    const [row] = await lab.sql`select server_address(${url}) as address`
    expect(row?.address, url).toBe(serverAddress(url))
  }
})

test('what is stored is an address that may be used, and the same one', () => {
  for (const url of spellings.filter((one) => serverUrlProblem(one) === undefined)) {
    expect(serverUrlProblem(plainUrl(url)), url).toBeUndefined()
    expect(serverAddress(plainUrl(url))).toBe(serverAddress(url))
  }
})
