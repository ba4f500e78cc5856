import { widerSuite } from './vitest.config.ts'

const { NANOMDM_BIN, KMFDDM_BIN } = process.env

export default widerSuite({
  include: ['e2e/nanomdm/*.nanomdm.ts'],
  exclude: NANOMDM_BIN && KMFDDM_BIN ? [] : ['e2e/nanomdm/{declarations,kmfddm-replay}.nanomdm.ts'],
  testTimeout: 300_000,
  // Most of the time they wait for answers that come late or never.
  fileParallelism: true,
  maxWorkers: 3,
})
