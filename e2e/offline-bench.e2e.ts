import type { Page } from '@playwright/test'
import { connect } from '@/lib/db/client'
import { paths } from '@/lib/paths'
import { readFacts } from './facts'
import { expect, test } from './lab'
import { liveTrialOn } from './quick-lab'
import { ignoreOffline, keptOffline, tapped } from './trip-steps'

const kinds = { screenDark: 'Screen dark', nothing: 'Nothing happens', phoneCall: 'Phone call' }

type Waiting = { kind: string; at: string }

/** What waits in the browser, in its order. */
const waiting = (page: Page): Promise<Waiting[]> =>
  page.evaluate(() =>
    Object.entries(localStorage)
      .filter(([key]) => key.startsWith('oneway.waiting/'))
      .map(([, text]) => JSON.parse(text))
      .toSorted((a, b) => a.place - b.place),
  )

const instant = (at: unknown) => new Date(String(at)).toISOString()

async function recorded(trial: string, since: string) {
  const { sql, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const rows = await sql`select kind, observed_at, recorded_at from observations
    where trial_id = ${trial} and observed_at >= ${since} order by id`
  await end()
  return rows.map((row) => ({ kind: String(row.kind), at: instant(row.observed_at) }))
}

// O-8 of the demo is armed and waits for a second person. No other spec writes to its trial.
test('three taps without a connection outlive a reload, and arrive once with their own times', async ({
  signedIn,
  consoleErrors,
}) => {
  const page = await signedIn('engineer')
  await page.setViewportSize({ width: 390, height: 844 })
  const trial = await liveTrialOn('O-8')
  await page.goto(paths.trial(trial))
  await keptOffline(page)

  await page.context().setOffline(true)
  const bench = page.getByRole('region', { name: 'Bench' })
  for (const name of Object.values(kinds))
    await bench.getByRole('button', { name, exact: true }).click()
  await expect(
    tapped(page).getByText('No connection: these are kept in this browser'),
  ).toBeVisible()
  const taps = await waiting(page)
  expect(taps.map(({ kind }) => kind)).toEqual(Object.keys(kinds))

  // What this page opens was fetched while there was a connection.
  await bench.getByRole('button', { name: 'Something else', exact: true }).click()
  await expect(bench.getByLabel('What was seen')).toBeVisible()
  await bench.getByRole('button', { name: 'Cancel' }).click()
  await bench.getByRole('button', { name: 'Not done…' }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Why it was not done')).toBeVisible()
  await dialog.getByRole('button', { name: 'Back' }).click()
  await expect(dialog).toHaveCount(0)

  await page.reload()
  await expect(page.getByText('The lab cannot be reached.')).toBeVisible()
  await expect(
    page.getByText(/Shown from what this browser kept at .* it may be old/),
  ).toBeVisible()
  await expect(page.getByText('Nothing can be released, cancelled or queried')).toBeVisible()
  for (const name of Object.values(kinds))
    await expect(tapped(page).getByRole('group', { name })).toBeVisible()
  await expect(page.getByRole('button', { name: /release|cancel|query/i })).toHaveCount(0)
  await expect(bench.getByRole('timer')).toBeVisible()

  // A note is typed, and waits as well; one that says nothing is refused at its field.
  await bench.getByRole('button', { name: 'Something else', exact: true }).click()
  await bench.getByRole('button', { name: 'Log it' }).click()
  await expect(bench.getByText('say in words what was seen')).toBeVisible()
  await bench.getByLabel('What was seen').fill('The lift has taken the network along')
  await bench.getByRole('button', { name: 'Log it' }).click()
  await expect(tapped(page).getByText('The lift has taken the network along')).toBeVisible()

  await page.context().setOffline(false)
  await expect(page.getByRole('link', { name: 'Full record' })).toBeVisible()
  await expect.poll(async () => (await recorded(trial, taps[0]?.at ?? '')).length).toBe(4)
  await expect(tapped(page)).toHaveCount(0)
  const rows = await recorded(trial, taps[0]?.at ?? '')
  expect(rows.slice(0, 3)).toEqual(taps.map(({ kind, at }) => ({ kind, at })))
  expect(rows.slice(3)).toMatchObject([{ kind: 'other' }])
  await page.reload()
  await expect(page.getByRole('link', { name: 'Full record' })).toBeVisible()
  expect(await recorded(trial, taps[0]?.at ?? '')).toHaveLength(4)
  ignoreOffline(consoleErrors)
})

test('an entry that waits is sent from whatever page is open, once', async ({
  signedIn,
  consoleErrors,
}) => {
  const page = await signedIn('engineer')
  const trial = await liveTrialOn('O-8')
  await page.goto(paths.trial(trial, { view: 'bench' }))
  const bench = page.getByRole('region', { name: 'Bench', exact: true })
  await expect(bench.getByRole('timer')).toBeVisible()

  // A closed tab, and another page when the connection is back.
  await page.context().setOffline(true)
  await bench.getByRole('button', { name: 'Screen dark', exact: true }).click()
  const [offline] = await waiting(page)
  const place = await page.evaluate(() =>
    Object.keys(localStorage).find((key) => key.startsWith('oneway.waiting/')),
  )
  await page.goto('about:blank')
  await page.context().setOffline(false)
  await page.goto(paths.devices())
  await expect.poll(() => waiting(page)).toEqual([])
  const since = offline?.at ?? ''
  expect(await recorded(trial, since)).toEqual([{ kind: 'screenDark', at: since }])

  // Away from the trial before the time for an undo is over.
  await page.goto(paths.trial(trial, { view: 'bench' }))
  await bench.getByRole('button', { name: 'Nothing happens', exact: true }).click()
  await page.getByRole('link', { name: 'Protocols', exact: true }).click()
  await expect(page).toHaveURL(/protocols/)
  await expect.poll(() => waiting(page)).toEqual([])
  expect((await recorded(trial, since)).map(({ kind }) => kind)).toEqual(['screenDark', 'nothing'])

  // One that was refused is told of, and stays.
  await page.evaluate(
    ([key, tap]) => localStorage.setItem(String(key), String(tap)),
    [place, JSON.stringify({ ...offline, problem: 'somebody was first' })],
  )
  await page.goto(paths.devices())
  await expect(
    page.getByText(/^1 entry on .+ waits in this browser: open the trial to see why\.$/),
  ).toBeVisible()
  expect(await waiting(page)).toHaveLength(1)
  await page
    .getByRole('link', { name: /^(T-\d+|a trial)$/ })
    .first()
    .click()
  await tapped(page).getByRole('button', { name: 'Discard' }).click()
  await expect(tapped(page)).toHaveCount(0)
  ignoreOffline(consoleErrors)
})

test('what one tab is sending is not taken back in another, and is sent once', async ({
  signedIn,
}) => {
  const first = await signedIn('engineer')
  const trial = await liveTrialOn('O-8')
  const second = await first.context().newPage()
  const posts: string[] = []
  let letThrough = () => {}
  const held = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await first.context().route('**/trials/**', async (route) => {
    const request = route.request()
    if (request.method() !== 'POST') return route.fallback()
    posts.push(request.url())
    await held
    await route.continue()
  })
  for (const page of [first, second]) {
    await page.goto(paths.trial(trial, { view: 'bench' }))
    await expect(page.getByRole('timer').first()).toBeVisible()
  }
  const bench = first.getByRole('region', { name: 'Bench', exact: true })
  await bench.getByRole('button', { name: 'Screen dark', exact: true }).click()
  const [tap] = await waiting(first)
  await expect.poll(() => posts.length).toBe(1)
  for (const page of [first, second])
    await expect(tapped(page).getByRole('button', { name: 'Undo' })).toBeDisabled()
  letThrough()
  for (const page of [first, second]) await expect(tapped(page)).toHaveCount(0)
  expect(posts).toHaveLength(1)
  const rows = await recorded(trial, tap?.at ?? '')
  expect(rows).toEqual([{ kind: 'screenDark', at: tap?.at }])
})

test('no cache holds a page of a signed-in person, and what is kept of a trial goes at sign-out', async ({
  signedIn,
  facts,
  consoleErrors,
}) => {
  const page = await signedIn('engineer')
  const trial = await liveTrialOn('O-8')
  await page.goto(paths.trial(trial))
  await keptOffline(page)
  const { pages, text } = await page.evaluate(async () => {
    const found = await Promise.all(
      (await caches.keys()).map(async (name) => {
        const cache = await caches.open(name)
        const answers = (await cache.keys())
          .filter(({ url }) => !url.includes('/_next/static/'))
          .map(async (request) => [request.url, await (await cache.match(request))?.text()])
        return Promise.all(answers)
      }),
    )
    return { pages: found.flat().map(([url]) => url), text: JSON.stringify(found) }
  })
  expect(pages).toEqual([`${facts.baseUrl}/trials/offline`])
  const engineer = facts.users.find(({ role }) => role === 'engineer')
  for (const secret of [engineer?.email, 'Origin iPad', 'O-8']) expect(text).not.toContain(secret)

  await page.getByRole('button', { name: /account$/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/sign-in/)
  const kept = () =>
    page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('oneway.kept/')))
  await expect.poll(kept).toEqual([])
  await page.context().setOffline(true)
  await page.goto(paths.trial(trial))
  await expect(page.getByText('This page was not kept in this browser.')).toBeVisible()
  ignoreOffline(consoleErrors)
})

test('a sighting is corrected on the page that is shown without a connection', async ({
  signedIn,
  consoleErrors,
}) => {
  const page = await signedIn('engineer')
  await page.setViewportSize({ width: 390, height: 844 })
  const trial = await liveTrialOn('O-8')
  await page.goto(paths.trial(trial))
  const bench = page.getByRole('region', { name: 'Bench', exact: true })
  await bench.getByRole('button', { name: 'Phone call', exact: true }).click()
  await expect(bench.getByText('Logged: Phone call')).toBeVisible()
  await page.reload()
  await keptOffline(page)

  await page.context().setOffline(true)
  await page.reload()
  const logged = page.getByRole('listitem').filter({ hasText: 'Seen: Phone call' }).first()
  await logged.getByRole('button', { name: 'correct' }).click()
  const dialog = page.getByRole('dialog', { name: 'Correct “Phone call”' })
  await dialog.getByRole('button', { name: 'Screen dark', exact: true }).click()
  await dialog.getByLabel('Reason for the correction').fill('It was the bench telephone')
  await dialog.getByRole('button', { name: 'Log it' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(tapped(page).getByRole('group', { name: 'Screen dark' })).toBeVisible()

  await page.context().setOffline(false)
  await expect(page.getByRole('link', { name: 'Full record' })).toBeVisible()
  await expect.poll(() => waiting(page)).toEqual([])
  await page.goto(paths.trial(trial, { view: 'record' }))
  await expect(page.getByText('It was the bench telephone').first()).toBeVisible()
  ignoreOffline(consoleErrors)
})
