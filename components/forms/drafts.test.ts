// @vitest-environment node
import { beforeEach, expect, test, vi } from 'vitest'
import { forgetAllDrafts, keepDraft, readDraft } from './drafts'

/** A tab's store, as far as drafts use one; its own keys are what `Object.keys` gives. */
function tabStore(room = Number.POSITIVE_INFINITY) {
  const kept: Record<string, string> = {}
  const hidden = (value: unknown) => ({ value, enumerable: false })
  return Object.defineProperties(kept, {
    getItem: hidden((key: string) => kept[key] ?? null),
    setItem: hidden((key: string, text: string) => {
      if (text.length > room) throw new DOMException('full', 'QuotaExceededError')
      kept[key] = text
    }),
    removeItem: hidden((key: string) => Reflect.deleteProperty(kept, key)),
  })
}

beforeEach(() => vi.stubGlobal('sessionStorage', tabStore()))

test('what was typed is there again, for the person and form it was typed in', () => {
  keepDraft('erin/trial/new', { expectation: 'it installs' })
  expect(readDraft('erin/trial/new')).toEqual({ expectation: 'it installs' })
  expect(readDraft('lee/trial/new')).toBeUndefined()
})

test('signing out leaves no draft to the next person, and nothing else is touched', () => {
  keepDraft('erin/trial/new', 'words')
  sessionStorage.setItem('colour', 'dark')
  forgetAllDrafts()
  expect(readDraft('erin/trial/new')).toBeUndefined()
  expect(sessionStorage.getItem('colour')).toBe('dark')
})

test('a browser without room or without a store goes on without drafts', () => {
  vi.stubGlobal('sessionStorage', tabStore(3))
  keepDraft('erin/trial/new', 'too long for it')
  expect(readDraft('erin/trial/new')).toBeUndefined()
  vi.stubGlobal('sessionStorage', undefined)
  keepDraft('erin/trial/new', 'words')
  expect(readDraft('erin/trial/new')).toBeUndefined()
})
