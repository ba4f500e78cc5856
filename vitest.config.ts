import { fileURLToPath } from 'node:url'
import { defineConfig, type TestUserConfig } from 'vitest/config'

/** Tests without a database: they do not wait for one to start. */
const pure = ['lib/{domain,mdm}/**/*.test.ts']
/**
 * Folders whose files keep no state of their own in their modules, as those of `pure`: their tests share a worker's
 * modules, because loading them anew for each file is most of the time of a small test.
 */
const sharing = ['lib/{core,db,import-file}/**/*.test.ts']
const everywhere = ['{app,bench,components,e2e,lib,scripts}/**/*.test.{ts,tsx}']

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
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false, globalSetup } },
      {
        extends: true,
        test: { name: 'apart', include: everywhere, exclude: [...pure, ...sharing], globalSetup },
      },
    ],
  },
})
