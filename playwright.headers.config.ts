import { defineConfig } from '@playwright/test'
import browserTests from './playwright.config'

const { projects: _, ...shared } = browserTests

// `npm run test:headers`: every page against its Content Security Policy, every response against the table of headers.
export default defineConfig({ ...shared, testMatch: '**/access/*.e2e.ts', workers: 2 })
