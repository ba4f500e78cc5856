import { defineConfig } from '@playwright/test'
import { chromiumFlags } from './scripts/browser'

// `npm run test:e2e` finds the browser and says here which; empty is Playwright's own.
const executablePath = process.env.ONEWAY_CHROMIUM

const files = (...names: string[]) => names.map((name) => `**/${name}.e2e.ts`)
/** Trials from their draft to their outcome: the longest tests of all. */
const wholeTrials = files('rehearsal', 'whole-trip')
const trials = files('faults', 'release-once', 'two-people')

const unconfirmed = '**/unconfirmed.e2e.ts'
const stalled = '**/release-stalled.e2e.ts'

/** Suites with a lab of their own: `npm run test:accessibility`, `test:headers` and `test:lighthouse`. */
const wider = ['**/accessibility/**', '**/access/**', '**/lighthouse/**']

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results/browser',
  // One lab is shared: several sides at once show races that one would hide. A test that needs a retry is wrong.
  workers: 3,
  retries: 0,
  // Longest first, so that none is left alone at the end. `npm test` runs the trials, `unconfirmed` and `stalled`, each
  // after the one before; `.ci/wider/pages` runs the pages.
  projects: [
    { name: 'whole-trials', testMatch: wholeTrials },
    { name: 'trials', testMatch: trials },
    {
      name: 'pages',
      testMatch: '**/*.e2e.ts',
      testIgnore: [...wholeTrials, ...trials, unconfirmed, stalled, ...wider],
    },
    // It changes the address of the MDM server that all trials are released to.
    { name: 'unconfirmed', testMatch: unconfirmed, dependencies: ['whole-trials', 'trials'] },
    // It stalls every page of a trial.
    { name: 'stalled', testMatch: stalled, dependencies: ['unconfirmed'] },
  ],
  forbidOnly: true,
  // Long, for a machine whose cores do other work: only a test that fails waits for them.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  reporter: [['list']],
  use: {
    // Without it a press that waits in vain ends with the test, which does not say for what it waited.
    actionTimeout: 180_000,
    browserName: 'chromium',
    launchOptions: { args: chromiumFlags, ...(executablePath ? { executablePath } : {}) },
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    // A trace takes a picture of every frame. For one of a failure: npm run test:e2e -- --trace retain-on-failure
    trace: 'off',
    screenshot: 'only-on-failure',
  },
})
