import { defineConfig, mergeConfig } from 'vitest/config'
import { isLostTypesQuestion } from './lib/db/postgres/lost-connections.ts'
import base from './vitest.config.ts'

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], projects: undefined } },
  defineConfig({
    test: {
      include: ['e2e/failover/*.failover.ts'],
      exclude: process.env.MICROMDM_BIN ? [] : ['e2e/failover/real-micromdm.failover.ts'],
      testTimeout: 120_000,
      fileParallelism: false,
      onUnhandledError: (error) => !isLostTypesQuestion(error),
    },
  }),
)
