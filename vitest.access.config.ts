import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], projects: undefined } },
  defineConfig({
    test: { include: ['e2e/access/*.access.ts'], testTimeout: 300_000, fileParallelism: false },
  }),
)
