import { isLostTypesQuestion } from './lib/db/postgres/lost-connections.ts'
import { widerSuite } from './vitest.config.ts'

export default widerSuite({
  include: ['e2e/chaos/**/*.chaos.ts'],
  testTimeout: 900_000,
  onUnhandledError: (error) => !isLostTypesQuestion(error),
})
