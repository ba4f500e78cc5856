import { widerSuite } from './vitest.config.ts'

/** Long: a test asks every page as everybody, on a machine whose cores have other work. */
export default widerSuite({ include: ['e2e/access/*.access.ts'], testTimeout: 900_000 })
