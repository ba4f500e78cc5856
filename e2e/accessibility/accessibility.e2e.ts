import type { BrowserContext, Page } from '@playwright/test'
import { check, describe, type Findings, fingerprints } from './check'
import { expect, open, openContext, test } from './fixtures'
import { checkOpened } from './opened'
import { listPlaces, type Place, sees, withoutSession } from './pages'

// All tests share one lab, first empty, then filled, and at last with all sending stopped: their order matters.
test.describe.configure({ timeout: 1_200_000 })
const opened = new Set<string>()

test('axe-core finds a low contrast, a small target and a field without a label', async ({
  browser,
}) => {
  const page = await (await browser.newContext()).newPage()
  const small = 'display: inline-block; width: 12px; height: 12px'
  await page.setContent(`<html lang="en"><title>Planted</title><main><h1>Planted</h1>
    <p style="color: #999; background: #fff">pale</p><input />
    <button aria-label="a" style="${small}"></button><button aria-label="b" style="${small}"></button></main></html>`)
  const findings: Findings = { faults: new Map(), done: new Set(), sent: new Set() }
  await check(page, 'planted', findings)
  await page.context().close()
  const rules = [...findings.faults.keys()].map((fault) => fault.split(':')[0])
  expect(new Set(rules)).toEqual(new Set(['color-contrast', 'target-size', 'label']))
})

test('the set-up page has no accessibility fault', async ({ browser, emptyLab, findings }) => {
  const context = await openContext(browser, emptyLab)
  const page = await context.newPage()
  await open(page, '/set-up')
  await expect(page.getByRole('heading', { name: 'Set up this lab' })).toBeVisible()
  await check(page, 'first start', findings)
  await context.close()
  expect(described(findings)).toEqual([])
})

test('no page that works without a session has an accessibility fault', async ({
  browser,
  lab,
  findings,
}) => {
  const context = await openContext(browser, lab)
  const places = listPlaces(lab.records).filter(({ file }) => withoutSession.includes(file))
  await inLanes(context, places, async (page, { file, state, address }) => {
    await open(page, address)
    await check(page, `${file} ${state}`, findings)
  })
  await context.close()
  expect(described(findings)).toEqual([])
})

// The lead comes first: they see all pages except those of people, and parts already checked are skipped.
for (const role of ['lead', 'engineer', 'admin', 'viewer'])
  test(`no page, dialog or menu of the ${role} has an accessibility fault`, async ({
    browser,
    lab,
    findings,
  }) => {
    const context = await openContext(browser, lab, role)
    const places = listPlaces(lab.records).filter(({ file }) => sees(role, file))
    const parser = await context.newPage()
    await inLanes(context, places, async (page, place) => {
      if (await isDone(context, parser, place, findings)) return
      await open(page, place.address)
      const name = `${role}: ${place.file} ${place.state}`
      await check(page, name, findings)
      await checkOpened(page, name, findings, opened)
    })
    await context.close()
    expect(described(findings)).toEqual([])
  })

test('no error page has an accessibility fault', async ({ browser, lab, findings }) => {
  const context = await openContext(browser, lab, 'viewer')
  const page = await context.newPage()
  const look = async (name: string, address: string, heading: string | RegExp) => {
    await open(page, address)
    await expect(page.getByText(heading).first()).toBeVisible()
    await check(page, name, findings)
  }
  await look('not found', '/there/is/nothing/here', 'Page not found')
  await look('another role', '/people', 'This page needs another role')
  await lab.without('protocols', () =>
    look('a page that fails', '/protocols', 'This page could not be shown'),
  )
  await lab.without('sending_stops', () =>
    look('a layout that fails', '/protocols', 'Oneway cannot be shown'),
  )
  await lab.stopSending()
  await look('sending is stopped', '/servers', /All sending is stopped/)
  await context.close()
  expect(described(findings)).toEqual([])
})

/** The faults found since the last call. */
function described(findings: Findings): string[] {
  const lines = describe(findings)
  findings.faults.clear()
  return lines
}

/** Visits two pages at a time: one loads while the other is checked. */
async function inLanes(
  context: BrowserContext,
  places: readonly Place[],
  visit: (page: Page, place: Place) => Promise<void>,
): Promise<void> {
  const waiting = [...places]
  const lane = async () => {
    const page = await context.newPage()
    for (let place = waiting.shift(); place; place = waiting.shift()) await visit(page, place)
    await page.close()
  }
  await Promise.all([lane(), lane()])
}

/** Whether every part of the page was checked already, which is usual for the later roles. */
async function isDone(
  { request }: BrowserContext,
  parser: Page,
  { address }: Place,
  { sent }: Findings,
): Promise<boolean> {
  const prints = await fingerprints(parser, await (await request.get(address)).text())
  const isKnown = prints.every((print) => sent.has(print))
  for (const print of prints) sent.add(print)
  return isKnown
}
