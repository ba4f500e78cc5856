import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import type { Attachment, Preview } from '@/lib/db/queries/trials/attachments'
import { Photos } from './photos'

const [trialId, at] = ['t1', new Date('2026-03-02T09:00:00Z')]
const file = (id: number, more: Partial<Attachment> = {}) => ({
  ...{ id, trialId, observationId: null, fileName: `IMG_${id}.HEIC`, type: 'image/heic' },
  ...{ sha256: `hash ${id}`, byName: 'Erin', withdrawn: undefined, ...more },
})
const found = vi.hoisted(() => ({ attachments: [] as unknown[], previews: new Map() }))

vi.mock('@/lib/auth/guard', () => ({ authorize: async () => ({ db: undefined }) }))
vi.mock('@/lib/db/queries/trials/attachments', () => ({
  listAttachments: async () => found.attachments,
  listPreviews: async () => found.previews,
}))

async function page(attachments: object[], previews: [string, Partial<Preview>][] = []) {
  found.attachments = attachments
  found.previews = new Map(previews)
  const observations = [{ id: 5, label: 'Screen dark', observedAt: at.toISOString() }]
  const photos = await Photos({ trialId, observations })
  return renderToStaticMarkup(<MantineProvider>{photos}</MantineProvider>)
}
const wordsOf = (html: string) =>
  html.replaceAll(/<style.*?<\/style>/gs, '').replaceAll(/<[^>]*>/g, '')

test('a photo stands with its sighting and its picture', async () => {
  const made = { state: 'made' as const, takenText: '2026-03-02 10:00 +01:00' }
  const html = await page([file(7, { observationId: 5 })], [['hash 7', made]])
  expect(html).toContain('src="/trials/t1/attachments/7?as=preview"')
  expect(wordsOf(html)).toContain('Screen dark, seen 2026-03-02 09:00:00 UTC')
  expect(wordsOf(html)).toContain('IMG_7.HEIC, attachment 7, by Erin, taken 2026-03-02 10:00')
})

test('one without a picture says why, and one that was withdrawn by whom', async () => {
  const withdrawn = { byId: 'e', byName: 'Erin', at, reason: 'it shows another device' }
  const none = { state: 'none' as const, reason: 'it is damaged' }
  const html = await page([file(8), file(9, { withdrawn })], [['hash 9', none]])
  expect(html).not.toContain('<img')
  expect(wordsOf(html)).toContain('A photo without a picture here: none has been made yet.')
  expect(wordsOf(html)).toContain('A photo without a picture here: it is damaged.')
  expect(wordsOf(html)).toContain('Withdrawn by Erin: it shows another device')
})

test('a trial without attachments has no such part', async () => {
  expect(wordsOf(await page([]))).toBe('')
})
