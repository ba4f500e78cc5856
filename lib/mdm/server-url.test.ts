import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../db/testing'
import { createNanomdm } from './nanomdm'
import { isLoopbackAddress, plainUrl, serverAddress, serverUrlProblem } from './server-url'

test.each([
  'https://mdm.example.org',
  'https://mdm.example.org:9443/',
  'https://hub.example.org/api/v1/nanomdm',
  'http://127.0.0.1:9000',
  'http://localhost:9000',
  'http://[::1]:9000',
  'https://10.1.2.3',
  'https://192.168.7.9:9443',
  'https://[fd12:3456::9]',
])('%s is an address of an MDM server', (url) => {
  expect(serverUrlProblem(url)).toBeUndefined()
})

test.each([
  '',
  'mdm.example.org',
  'file:///etc/passwd',
  'ftp://mdm.example.org',
  'http://mdm.example.org',
  'http://169.254.169.254/latest',
  'http://10.0.0.1',
  'http://localhost.example.org',
  'https://user:secret@mdm.example.org',
  'https://mdm.example.org?x',
  'https://mdm.example.org/#x',
  'https://mdm.example.org/a%2Fb',
  'https://mdm.example.org/a//b',
  'https://mdm.example.org:0',
  // Metadata services and link-local addresses, in every spelling.
  'https://169.254.169.254',
  'https://[fe80::1]',
  'https://[fd00:ec2::254]',
  'https://100.100.100.200',
  'https://168.63.129.16',
  'https://0.0.0.0',
  'https://[::]',
  'https://224.0.0.1',
  'http://2130706433',
  'https://2852039166',
  'http://0x7f000001',
  'http://0177.0.0.1',
  'http://127.1',
  'http://127.0.0.1.',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:7f00:1]',
  'https://[::ffff:169.254.169.254]',
  'https://[::7f00:1]',
  'https://[64:ff9b::169.254.169.254]',
  'http://[0:0:0:0:0:0:0:1]',
  'http://１２７.0.0.1',
  'https://mdm.example.org/v1/enqueue/../pushcert',
  'https://mdm.example.org\\evil',
  'https:mdm.example.org',
  'https://@mdm.example.org',
  'https://mdm.example.org@169.254.169.254',
  'gopher://127.0.0.1',
  'javascript:alert(1)',
])('F45: %s is refused with a reason, and no client is made', (url) => {
  expect(serverUrlProblem(url)).toMatch(/\w/)
  expect(() => createNanomdm({ url, apiKey: 'k' })).toThrow()
})

test('this machine is known by every spelling of its address', () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
    expect(isLoopbackAddress(address)).toBe(true)
  for (const address of ['', 'localhost', '128.0.0.1', '::2', '::ffff:10.0.0.1'])
    expect(isLoopbackAddress(address)).toBe(false)
})

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
