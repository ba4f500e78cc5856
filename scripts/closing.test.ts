import { expect, test } from 'vitest'
import { createClosing } from './closing'

test('what was started last is stopped first', async () => {
  const stopped: string[] = []
  const closing = createClosing()
  closing.add(async () => void stopped.push('database'))
  closing.add(async () => void stopped.push('web server'))
  await closing.close()
  expect(stopped).toEqual(['web server', 'database'])
})

test('one that fails to stop keeps nothing else running, and its failure is told', async () => {
  const stopped: string[] = []
  const closing = createClosing()
  closing.add(async () => void stopped.push('database'))
  closing.add(() => Promise.reject(new Error('stuck')))
  await expect(closing.close()).rejects.toThrow('stuck')
  expect(stopped).toEqual(['database'])
})

test('once closing has begun nothing more is started', async () => {
  const closing = createClosing()
  closing.check()
  await closing.close()
  expect(() => closing.check()).toThrow(/stopped/)
})
