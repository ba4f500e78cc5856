import { isLostTypesQuestion } from './lib/db/postgres/lost-connections.ts'
import { widerSuite } from './vitest.config.ts'

export default widerSuite({
  include: ['e2e/failover/*.failover.ts'],
  exclude: process.env.MICROMDM_BIN ? [] : ['e2e/failover/real-micromdm.failover.ts'],
  testTimeout: 600_000,
  onUnhandledError: (error) => !isLostTypesQuestion(error),
})
