import { widerSuite } from './vitest.config.ts'

const { NANOMDM_BIN, KMFDDM_BIN, NANOHUB_BIN } = process.env
const hasPair = NANOMDM_BIN && KMFDDM_BIN

export default widerSuite({
  include: ['e2e/nanomdm/*.nanomdm.ts'],
  // Without any of its servers a file would have no test, which vitest takes for a fault.
  exclude: [
    ...(hasPair ? [] : ['e2e/nanomdm/kmfddm-replay.nanomdm.ts']),
    ...(hasPair || NANOHUB_BIN
      ? []
      : ['declarations', 'declared-trial', 'declared-kills'].map(
          (name) => `e2e/nanomdm/${name}.nanomdm.ts`,
        )),
    ...(NANOHUB_BIN ? [] : ['e2e/nanomdm/real-nanohub.nanomdm.ts']),
  ],
  testTimeout: 900_000,
  // Most of the time they wait for answers that come late or never.
  fileParallelism: true,
  maxWorkers: 3,
})
