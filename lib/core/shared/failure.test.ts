import { expect, test } from 'vitest'
import { isTransient, retryPausesMs, retryTransient } from './failure'

const failing = (codes: (string | undefined)[]) => {
  const left = [...codes]
  let tries = 0
  return {
    tries: () => tries,
    run: async () => {
      tries += 1
      const code = left.shift()
      if (code !== undefined) throw Object.assign(new Error(code), { code })
      return 'written'
    },
  }
}

const passing: [what: string, code: string][] = [
  ['a serialization failure', '40001'],
  ['a deadlock', '40P01'],
  ['a statement that is prepared elsewhere', '26000'],
  ['a server that shuts down', '57P01'],
  ['a server that has crashed', '57P02'],
  ['a server that is starting', '57P03'],
  ['a standby that is not promoted yet', '25006'],
  ['too many connections', '53300'],
  ['a connection that was reset', 'ECONNRESET'],
  ['a connection that was refused', 'ECONNREFUSED'],
  ['a connection that the driver lost', 'CONNECTION_CLOSED'],
  ['a connection that did not come about', 'CONNECT_TIMEOUT'],
  ['a host that does not answer', 'ETIMEDOUT'],
  ['a name that is not there at the moment', 'EAI_AGAIN'],
]

test.each(passing)('%s is transient, and is retried', async (_, code) => {
  const write = failing([code, code])
  expect(isTransient(Object.assign(new Error('x'), { code }))).toBe(true)
  expect(await retryTransient(write.run, [0, 0])).toBe('written')
  expect(write.tries()).toBe(3)
})

test('an error that is not transient is thrown at once', async () => {
  const write = failing(['23505'])
  await expect(retryTransient(write.run, [0, 0])).rejects.toThrow('23505')
  expect(write.tries()).toBe(1)
})

test('after the last pause the last error is thrown', async () => {
  const write = failing(['40001', '57P01', '25006'])
  await expect(retryTransient(write.run, [0, 0])).rejects.toThrow('25006')
})

test('the retries go on for a minute', () => {
  const wholeMs = retryPausesMs.reduce((sum, pause) => sum + pause, 0)
  expect(wholeMs).toBeGreaterThan(50_000)
  expect(wholeMs).toBeLessThan(65_000)
})
