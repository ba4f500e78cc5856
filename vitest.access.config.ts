import { widerSuite } from './vitest.config.ts'

export default widerSuite({ include: ['e2e/access/*.access.ts'], testTimeout: 300_000 })
