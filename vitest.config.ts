import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      '@/': fileURLToPath(new URL('./', import.meta.url)),
      // The package throws outside React's server condition; under vitest every file is the server's.
      'server-only': fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)),
    },
  },
  test: {
    include: ['{app,bench,components,e2e,lib,scripts}/**/*.test.{ts,tsx}'],
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
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A condition that is awaited comes late on a busy machine, and that is no fault.
    expect: { poll: { timeout: 20_000 } },
    restoreMocks: true,
  },
})
