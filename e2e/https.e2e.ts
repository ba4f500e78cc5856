import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BrowserContext, chromium } from '@playwright/test'
import { connect } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { paths } from '@/lib/paths'
import { chromiumFlags } from '@/scripts/browser'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { expect, test } from './lab'
import { startMs, startStack } from './own-stack'
import { signInByForm } from './people'
import { liveTrialOn } from './quick-lab'
import { keptOffline, tapped } from './trip-steps'

/** A phone on which somebody has trusted the certificate that Oneway made, and no other one. */
async function trustingPhone(folder: string, baseURL: string): Promise<BrowserContext> {
  const file = path.join(folder, 'https', 'certificate.pem')
  const { publicKey } = new X509Certificate(readFileSync(file))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const trusted = createHash('sha256').update(key).digest('base64')
  const executablePath = process.env.ONEWAY_CHROMIUM
  return chromium.launchPersistentContext(path.join(folder, 'browser'), {
    ...(executablePath ? { executablePath } : {}),
    args: [...chromiumFlags, `--ignore-certificate-errors-spki-list=${trusted}`],
    ...{ baseURL, locale: 'en-GB', timezoneId: 'UTC', viewport: { width: 390, height: 844 } },
  })
}

/** Email and password of the engineer, as the start has stored them. */
function engineerOf(folder: string): { email: string; password: string } {
  const text = readFileSync(path.join(folder, 'sign-in.txt'), 'utf8')
  const [, email = '', password = ''] = /^engineer\s+(\S+)\s+(\S+)/m.exec(text) ?? []
  return { email, password }
}

async function recorded(databaseUrl: string, trial: string, since: Date): Promise<string[]> {
  const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
  const rows = await sql`select kind from observations
    where trial_id = ${trial} and observed_at >= ${since.toISOString()} order by id`
  await end()
  return rows.map(({ kind }) => String(kind))
}

test('npm start -- --https: once its certificate is trusted, three taps outlive a reload without a connection', async () => {
  test.setTimeout(2 * startMs)
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-https-'))
  const port = String(await findFreePort())
  const baseUrl = `https://127.0.0.1:${port}`
  const place = { ONEWAY_DATA: folder, PORT: port, ONEWAY_BASE_URL: baseUrl }
  const stop = await startStack({ ...place, ONEWAY_DEMO: '1' }, ['--https'])
  let phone: BrowserContext | undefined
  try {
    const { url } = await startEmbedded({ dataDir: folder })
    const trial = await liveTrialOn('O-8', url)
    const begun = new Date()
    phone = await trustingPhone(folder, baseUrl)
    const page = await phone.newPage()
    await signInByForm(page, engineerOf(folder))
    await expect(page).not.toHaveURL(/sign-in/)
    const [session] = (await phone.cookies()).filter(({ name }) => name.includes('session'))
    expect(session).toMatchObject({ secure: true, httpOnly: true })
    await page.goto(paths.trial(trial))
    await keptOffline(page)
    await phone.setOffline(true)
    await page.reload()
    await expect(page.getByText('The lab cannot be reached.')).toBeVisible()
    const bench = page.getByRole('region', { name: 'Bench' })
    for (const name of ['Screen dark', 'Nothing happens', 'Phone call'])
      await bench.getByRole('button', { name, exact: true }).click()
    await expect(tapped(page).getByRole('group')).toHaveCount(3)
    await phone.setOffline(false)
    await expect(page.getByRole('link', { name: 'Full record' })).toBeVisible()
    const taps = ['screenDark', 'nothing', 'phoneCall']
    await expect.poll(() => recorded(url, trial, begun)).toEqual(taps)
    await expect(tapped(page)).toHaveCount(0)
    await page.reload()
    await expect(page.getByRole('link', { name: 'Full record' })).toBeVisible()
    expect(await recorded(url, trial, begun)).toEqual(taps)
  } finally {
    await phone?.close()
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
