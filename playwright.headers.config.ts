import { defineConfig } from '@playwright/test'
import browserTests from './playwright.config'

const { projects: _, ...shared } = browserTests

// Read by e2e/facts.ts here and in every process that Playwright starts: its lab is not the browser tests' one.
process.env.ONEWAY_E2E_LAB = 'headers'

// `npm run test:headers`: every page against its Content Security Policy, every response against the table of headers.
export default defineConfig({
  ...shared,
  testMatch: '**/access/*.e2e.ts',
  outputDir: 'test-results/headers',
  workers: 2,
})
