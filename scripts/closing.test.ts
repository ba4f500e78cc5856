import { expect, test } from 'vitest'
import { createClosing } from './closing'

test('processes are stopped in the reverse order of their start', async () => {
  const stopped: string[] = []
  const closing = createClosing()
  closing.add(async () => void stopped.push('database'))
  closing.add(async () => void stopped.push('web server'))
  await closing.close()
  expect(stopped).toEqual(['web server', 'database'])
})

test('if one fails to stop, the others are stopped and its error is thrown', async () => {
  const stopped: string[] = []
  const closing = createClosing()
  closing.add(async () => void stopped.push('database'))
  closing.add(() => Promise.reject(new Error('stuck')))
  await expect(closing.close()).rejects.toThrow('stuck')
  expect(stopped).toEqual(['database'])
})

test('once closing has begun, check() refuses further starts', async () => {
  const closing = createClosing()
  closing.check()
  await closing.close()
  expect(() => closing.check()).toThrow(/stopped/)
})
