import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('Zod keeps its settings where instrumentation-client.ts put them before it was loaded', () => {
  // In a process of its own: here Zod is loaded already.
  const program = `
    await import('./instrumentation-client.ts')
    const { z } = await import('zod')
    process.stdout.write(JSON.stringify(z.config()))`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
  const said = execFileSync(process.execPath, args, { encoding: 'utf8' })
  expect(JSON.parse(said)).toEqual({ jitless: true })
})
