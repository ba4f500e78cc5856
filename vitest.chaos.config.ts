import { defineConfig, mergeConfig } from 'vitest/config'
import { isLostTypesQuestion } from './lib/db/postgres/lost-connections.ts'
import base from './vitest.config.ts'

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], projects: undefined } },
  defineConfig({
    test: {
      include: ['e2e/chaos/**/*.chaos.ts'],
      testTimeout: 300_000,
      fileParallelism: false,
      onUnhandledError: (error) => !isLostTypesQuestion(error),
    },
  }),
)
