import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], projects: undefined } },
  defineConfig({
    // Most of their time they wait for answers that come late or never.
    test: { include: ['e2e/nanomdm/*.nanomdm.ts'], testTimeout: 300_000, maxWorkers: 3 },
  }),
)
