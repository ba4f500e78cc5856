import { widerSuite } from './vitest.config.ts'

export default widerSuite({ include: ['e2e/attachment-files/*.files.ts'], testTimeout: 600_000 })
