import { defineConfig } from '@playwright/test'
import browserTests from './playwright.config'

const { globalSetup: _, projects: __, ...shared } = browserTests

// `npm run test:accessibility`: every page in its states, for each role, in a lab of its own.
export default defineConfig({
  ...shared,
  testMatch: '**/accessibility/*.e2e.ts',
  outputDir: 'test-results/accessibility',
  workers: 1,
})
