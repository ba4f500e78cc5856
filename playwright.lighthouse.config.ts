import { defineConfig } from '@playwright/test'
import browserTests from './playwright.config'

const { projects: _, ...shared } = browserTests

// Read by e2e/facts.ts here and in every process that Playwright starts: its lab is not the browser tests' one.
process.env.ONEWAY_E2E_LAB = 'lighthouse'

// `npm run test:lighthouse`: Lighthouse on the bench of a live trial, at the width of a phone.
export default defineConfig({
  ...shared,
  testMatch: '**/lighthouse/*.e2e.ts',
  outputDir: 'test-results/lighthouse',
  workers: 1,
})
