import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
import { z } from 'zod'
import { paths } from '@/lib/paths'
import { chromiumFlags } from '@/scripts/browser'
import { root } from '@/scripts/children'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { expect, test } from '../lab'
import { liveTrialOn } from '../quick-lab'

// Lighthouse brings 200 packages and is used only here, so .ci/wider/lighthouse installs it into a folder of its own.
const entry = path.join(root, '.oneway-lighthouse/node_modules/lighthouse', 'core/index.js')

type Run = (url: string, flags: object) => Promise<unknown>
const loaded = z.object({ default: z.custom<Run>((value) => typeof value === 'function') })

const audit = z.object({
  title: z.string(),
  score: z.number().nullable(),
  scoreDisplayMode: z.string(),
  displayValue: z.string().optional(),
  numericValue: z.number().optional(),
})
const category = z.object({
  score: z.number().nullable(),
  auditRefs: z.array(z.object({ id: z.string(), weight: z.number() })),
})
const result = z.object({
  lhr: z.object({
    runtimeError: z.object({ message: z.string() }).optional(),
    categories: z.object({ performance: category, accessibility: category }),
    audits: z.record(z.string(), audit),
  }),
})

/** What of a category is not perfect, for whoever reads the output. */
function losses(
  { auditRefs }: z.output<typeof category>,
  audits: Record<string, z.output<typeof audit>>,
): string[] {
  return auditRefs.flatMap(({ id, weight }) => {
    const one = audits[id]
    return one && weight > 0 && one.score !== null && one.score < 1
      ? [`${id}: ${one.title} ${one.displayValue ?? ''}`.trim()]
      : []
  })
}

test('the bench of a live trial on a phone: accessible throughout, and nothing moves under a finger', async ({
  signedIn,
  facts,
}) => {
  expect(existsSync(entry), '.ci/wider/lighthouse installs Lighthouse').toBe(true)
  const { default: lighthouse } = loaded.parse(await import(pathToFileURL(entry).href))
  const page = await signedIn('engineer')
  const cookies = await page.context().cookies()
  const trial = paths.trial(await liveTrialOn('O-7'))
  const port = await findFreePort()
  const executablePath = process.env.ONEWAY_CHROMIUM
  const browser = await chromium.launch({
    args: [...chromiumFlags, `--remote-debugging-port=${port}`],
    ...(executablePath ? { executablePath } : {}),
  })
  try {
    const { lhr } = result.parse(
      await lighthouse(new URL(trial, facts.baseUrl).href, {
        ...{ port, logLevel: 'error', onlyCategories: ['performance', 'accessibility'] },
        ...{ formFactor: 'mobile', locale: 'en-GB' },
        // Its own limits are an error of the run where other suites take the cores.
        ...{ maxWaitForFcp: 180_000, maxWaitForLoad: 240_000 },
        screenEmulation: { mobile: true, width: 390, height: 844, deviceScaleFactor: 3 },
        extraHeaders: { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
      }),
    )
    expect(lhr.runtimeError).toBeUndefined()
    const { performance, accessibility } = lhr.categories
    const shift = lhr.audits['cumulative-layout-shift']?.numericValue
    const percent = (score: number | null) => Math.round((score ?? 0) * 100)
    // Printed and not compared: it is a timing, and this machine does other work.
    console.log(`performance ${percent(performance.score)}, layout shift ${shift?.toFixed(3)}`)
    for (const loss of losses(performance, lhr.audits)) console.log(`  ${loss}`)
    expect(losses(accessibility, lhr.audits)).toEqual([])
    expect(percent(accessibility.score)).toBe(100)
    expect(shift).toBeLessThanOrEqual(0.05)
  } finally {
    await browser.close()
  }
})
