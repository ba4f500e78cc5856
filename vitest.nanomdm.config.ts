import { widerSuite } from './vitest.config.ts'

export default widerSuite({
  include: ['e2e/nanomdm/*.nanomdm.ts'],
  testTimeout: 300_000,
  // Most of the time they wait for answers that come late or never.
  fileParallelism: true,
  maxWorkers: 3,
})
