import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * Folders whose files keep no state of their own in their modules: their tests share a worker's modules and
 * are not loaded anew for each file, which is most of the time of a small test.
 */
const sharing = ['lib/{core,db,domain,import-file,mdm}/**/*.test.ts']
const everywhere = ['{app,bench,components,e2e,lib,scripts}/**/*.test.{ts,tsx}']

export default defineConfig({
  resolve: {
    alias: {
      '@/': fileURLToPath(new URL('./', import.meta.url)),
      // The package throws outside React's server condition; under vitest every file is the server's.
      'server-only': fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)),
    },
  },
  test: {
    projects: [
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false } },
      { extends: true, test: { name: 'apart', include: everywhere, exclude: sharing } },
    ],
    globalSetup: ['scripts/vitest-setup.ts'],
    env: {
      ONEWAY_SECRET_KEY: 'seals-the-keys-of-test-servers-only',
      // The output of a run is its results; a test that reads the log asks for its own level.
      LOG_LEVEL: 'silent',
    },
    silent: 'passed-only',
    // Left to itself vitest keeps one core free, and on two runs one file after the other.
    maxWorkers: '100%',
    // Databases are copied, and property tests run long, on machines of two cores.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // A condition that is awaited comes late on a busy machine, and that is no fault.
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
  },
})
