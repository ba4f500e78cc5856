import { defineConfig } from '@playwright/test'
import { chromiumFlags } from './scripts/browser'

// `npm run test:e2e` finds the browser and says here which; empty is Playwright's own.
const executablePath = process.env.ONEWAY_CHROMIUM

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results',
  // One lab is shared: two sides at once show races that one would hide. A test that needs a retry is wrong.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // Long, for a machine whose cores do other work: only a test that fails waits for them.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: { args: chromiumFlags, ...(executablePath ? { executablePath } : {}) },
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
})
