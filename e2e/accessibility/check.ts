import { createHash } from 'node:crypto'
import AxeBuilder from '@axe-core/playwright'
import type { BrowserContext, Page } from '@playwright/test'

/** WCAG 2.2 A and AA, including target size, and axe-core's best practices. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** Rules that depend on the colour scheme; all others give the same result in light and dark. */
const colourRules = ['color-contrast', 'link-in-text-block']

const desktop = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }

/** Every rule at both widths; colour rules also in both schemes. */
const looks = [
  { size: desktop, scheme: 'light', rules: 'all' },
  { size: desktop, scheme: 'dark', rules: 'colours' },
  { size: phone, scheme: 'dark', rules: 'all' },
  { size: phone, scheme: 'light', rules: 'colours' },
] as const

/** Not a dialog's header, which gives the dialog its name. */
const frameHeader = 'header:not([role="dialog"] header)'

/** Parts that recur on other pages, for other roles and in other states: frame, cards, rows. */
const parts = [
  frameHeader,
  'nav',
  'section:not([role="dialog"])',
  'article',
  'form',
  'tr',
  'li',
  'details',
  '[role="alert"]',
]
  .map((part) => `${part}:not(:has(h1))`)
  .join()

/** What lies behind a dialog or menu, except the field of an open combobox, which its list needs. */
const behind = `:is(main, nav, ${frameHeader}):not(:has([role="combobox"][aria-expanded="true"]))`

export type Findings = {
  /** Each fault with the places where it was found, so that a fault of a shared part is reported once. */
  faults: Map<string, Set<string>>
  /** Fingerprints of checked parts, as rendered. */
  done: Set<string>
  /** Fingerprints of parts as the server sends them. */
  sent: Set<string>
}

/** Turns off transitions and animations: axe-core would measure colours halfway. */
export async function withoutMotion(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const still = new CSSStyleSheet()
    still.replaceSync(
      '*, ::before, ::after { transition: none !important; animation: none !important }',
    )
    document.adoptedStyleSheets.push(still)
  })
}

/**
 * Runs axe-core on a loaded page at both widths and in both colour schemes, without a reload. Parts that were
 * checked before with the same markup are removed meanwhile: roles and states differ in few parts of a page.
 * @param within CSS selector of what to check; default: the whole page
 */
export async function check(
  page: Page,
  place: string,
  { faults, done }: Findings,
  within?: string,
): Promise<void> {
  const prints = await fingerprints(page)
  const isDone = prints.map((print) => done.has(print))
  const restore = await removeParts(page, isDone, within === undefined ? '' : behind)
  for (const { size, scheme, rules } of looks) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme: scheme })
    for (const fault of await faultsOf(page, rules, within)) {
      const where = `${place}, ${size.width} px, ${scheme}`
      faults.set(fault, (faults.get(fault) ?? new Set()).add(where))
    }
  }
  for (const print of prints) done.add(print)
  await restore()
}

/**
 * The fingerprint of each part of a page, in document order.
 * @param html of a page that is not loaded; what is outside its parts counts as one more part
 */
export async function fingerprints(page: Page, html?: string): Promise<string[]> {
  const markup = await page.evaluate(
    ([selector, text]) => {
      const root =
        text === undefined ? document : new DOMParser().parseFromString(text, 'text/html')
      for (const script of text === undefined ? [] : root.querySelectorAll('script'))
        script.remove()
      const found = [...root.querySelectorAll(selector)]
      const shown = found.map(
        ({ parentElement, outerHTML }) => `${parentElement?.className} ${outerHTML}`,
      )
      if (text === undefined) return shown
      for (const part of found) part.remove()
      return [...shown, root.body.innerHTML]
    },
    [parts, html] as const,
  )
  return markup.map(fingerprint)
}

/** Removes the parts that are done, and what `also` selects. Returns the function that puts them back. */
async function removeParts(
  page: Page,
  isDone: boolean[],
  also: string,
): Promise<() => Promise<void>> {
  const taken = await page.evaluateHandle(
    ([selector, out, further]) =>
      [...document.querySelectorAll(selector)]
        .filter((_, index) => out[index])
        .concat(further === '' ? [] : [...document.querySelectorAll(further)])
        .map((part) => {
          const place = document.createComment('')
          part.replaceWith(place)
          return { part, place }
        }),
    [parts, isDone, also] as const,
  )
  return async () => {
    await taken.evaluate((all) => {
      for (const { part, place } of all.toReversed()) place.replaceWith(part)
    })
    await taken.dispose()
  }
}

/** Hash of the markup without what no rule depends on: IDs, addresses, times and other numbers. */
const fingerprint = (markup: string): string =>
  createHash('sha256')
    .update(
      markup
        .replaceAll(
          / (id|for|href|name|datetime|aria-controls|aria-labelledby|aria-describedby)="[^"]*"/gi,
          '',
        )
        .replaceAll(/_R_\w+_|mantine-\w{9}\b/g, '')
        .replaceAll(/\d+/g, '0'),
    )
    .digest('base64')

async function faultsOf(
  page: Page,
  rules: (typeof looks)[number]['rules'],
  within?: string,
): Promise<string[]> {
  // The script is large; inject it into a page only once.
  const loaded = await page.evaluate(() => 'axe' in window)
  const axe = new AxeBuilder({ page, ...(loaded && { axeSource: '0' }) }).setLegacyMode()
  axe.options({ resultTypes: ['violations'], selectors: false })
  if (rules === 'all') axe.withTags(tags)
  else axe.withRules([...colourRules])
  if (within !== undefined) axe.include(within)
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => {
      const why = failureSummary.split('\n').slice(1).join(' ').trim()
      return `${id}: ${why}\n    ${html.slice(0, 240).replaceAll(/mantine-\w{9}\b/g, '…')}`
    }),
  )
}

/** One text per fault, with at most three of its places. */
export function describe({ faults }: Findings): string[] {
  return [...faults].map(([fault, places]) => {
    const shown = [...places].slice(0, 3)
    const more = places.size - shown.length
    return `${fault}\n    on ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
  })
}
