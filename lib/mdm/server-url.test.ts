import { expect, test } from 'vitest'
import { createNanomdm } from './nanomdm'
import { isLoopbackAddress, serverUrlProblem } from './server-url'

test.each([
  'https://mdm.example.org',
  'https://mdm.example.org:9443/',
  'https://hub.example.org/api/v1/nanomdm',
  'http://127.0.0.1:9000',
  'http://localhost:9000',
  'http://[::1]:9000',
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
])('%s is refused with a reason, and no client is made', (url) => {
  expect(serverUrlProblem(url)).toMatch(/\w/)
  expect(() => createNanomdm({ url, apiKey: 'k' })).toThrow()
})

test('this machine is known by every spelling of its address', () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
    expect(isLoopbackAddress(address)).toBe(true)
  for (const address of ['', 'localhost', '128.0.0.1', '::2', '::ffff:10.0.0.1'])
    expect(isLoopbackAddress(address)).toBe(false)
})
