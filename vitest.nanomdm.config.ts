import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], projects: undefined } },
  defineConfig({
    test: { include: ['e2e/nanomdm/*.nanomdm.ts'], testTimeout: 90_000, fileParallelism: false },
  }),
)
