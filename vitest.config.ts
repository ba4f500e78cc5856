import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestUserConfig } from 'vitest/config'

const everywhere = ['{app,bench,components,e2e,lib,scripts}/**/*.test.{ts,tsx}']
/** Tests without a database: they do not wait for one to start. */
const pure = [
  'lib/{calendar-file,domain,mdm,virtual-lab,witness}/**/*.test.ts',
  'components/**/*.test.{ts,tsx}',
]

/**
 * What reaches the test files after it in the same worker: a module, a global or the environment is replaced, or the
 * app is served, which keeps its connection in a module. Such a file gets modules of its own. The others share those
 * of their worker, because loading them anew for each file is most of the time of a small test.
 */
const reachesOthers =
  /\bvi\.(mock|doMock|stubEnv|stubGlobal)\(|\bprocess\.env\.\w+ = |\/served-lab\.testing'/
const folder = fileURLToPath(new URL('./', import.meta.url))
const apart = globSync(everywhere, { cwd: folder })
  .filter((file) => reachesOthers.test(readFileSync(`${folder}${file}`, 'utf8')))
  // Brackets of a route are letters here, and not a choice of letters.
  .map((file) => file.replaceAll('\\', '/').replace(/[[\]]/g, '\\$&'))

/** A database for the tests of a project that use one. */
const globalSetup = ['scripts/vitest-setup.ts']

const resolve = {
  alias: {
    '@/': fileURLToPath(new URL('./', import.meta.url)),
    // The package throws outside React's server condition; under vitest every file is the server's.
    'server-only': fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)),
  },
}

const shared = {
  env: {
    ONEWAY_SECRET_KEY: 'seals-the-keys-of-test-servers-only',
    // The output of a run is its results; a test that reads the log asks for its own level.
    LOG_LEVEL: 'silent',
  },
  silent: 'passed-only',
  // By default vitest keeps one core free, and on two cores it runs one file after the other.
  maxWorkers: '100%',
  // Long, because databases are copied and property tests run on machines of two cores.
  testTimeout: 180_000,
  hookTimeout: 300_000,
  // On a busy machine an awaited condition may come late without a fault.
  expect: { poll: { timeout: 60_000 } },
  restoreMocks: true,
} as const

/** The configuration of a wider suite: what the unit tests have, with files, and limits where given, of its own. */
export const widerSuite = (test: TestUserConfig) =>
  defineConfig({ resolve, test: { ...shared, globalSetup, fileParallelism: false, ...test } })

export default defineConfig({
  resolve,
  test: {
    ...shared,
    projects: [
      { extends: true, test: { name: 'pure', include: pure, exclude: apart, isolate: false } },
      {
        extends: true,
        test: {
          name: 'sharing',
          include: everywhere,
          exclude: [...pure, ...apart],
          isolate: false,
          globalSetup,
        },
      },
      { extends: true, test: { name: 'apart', include: apart, globalSetup } },
    ],
  },
})
