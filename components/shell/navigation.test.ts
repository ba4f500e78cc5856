import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Actor, mayDo, roles } from '@/lib/domain/account/permissions'
import { placesFor } from './navigation'

const as = (role: Actor['role']): Actor => ({ id: role, name: role, role })
const everything = { hasVirtualLab: true }
const allOf = (role: Actor['role'], given = everything) => {
  const { work, administration } = placesFor(as(role), given)
  return [...work, ...administration]
}
/** Between them a lead and an admin see every page. */
const places = new Map(
  [...allOf('lead'), ...allOf('admin')].map((place) => [place.label, place] as const),
)

test.each([...places.values()])('$label asks its page for what the menu says', (place) => {
  const page = readFileSync(path.join(process.cwd(), 'app', place.path, 'page.tsx'), 'utf8')
  expect(/await authorize\('(\w+)'\)/.exec(page)?.[1]).toBe(place.needs)
})

test.each(roles)('the menu of a %s has only pages they may open', (role) => {
  const shown = allOf(role).map(({ label }) => label)
  const open = [...places.values()].filter(({ needs }) => mayDo(as(role), needs))
  expect(shown.toSorted()).toEqual(open.map(({ label }) => label).toSorted())
})

test('people and the audit trail stand in the menu of those who may open them', () => {
  const who = (label: string) =>
    roles.filter((role) => allOf(role).some((place) => place.label === label))
  expect(who('People')).toEqual(['admin'])
  expect(who('Audit trail')).toEqual(['lead', 'admin'])
  expect(who('Settings')).toEqual([...roles])
})

test('a lab without virtual devices has no page for them', () => {
  const shown = allOf('lead', { hasVirtualLab: false }).map(({ label }) => label)
  expect(shown).not.toContain('Virtual lab')
  expect(shown).toContain('Devices')
})
