import { expect, test } from 'vitest'
import {
  mayDo,
  type Permission,
  permissions,
  roles,
  systemActor,
} from '@/lib/domain/account/permissions'
import { calls } from './calls'
import { findActions, findPages, findRoutes, findServices, findServicesReached } from './found'
import { services, unaskedReason, whoMay } from './matrix'
import { actions, pages, routes } from './matrix-app'

const howTo = {
  service:
    "add a row `'file.function': <permission>` to `services` in e2e/access/matrix.ts (or its kind: pure, part, program), and for a permission its call to e2e/access/calls.ts",
  action:
    "add a row `'app/…/actions.ts:name': <permission>` to `actions` in e2e/access/matrix-app.ts",
  route:
    "add a row `'app/…/route.ts:METHOD': <permission>` to `routes` in e2e/access/matrix-app.ts",
  page: "add a row `'app/…/page.tsx': <permission>` to `pages` in e2e/access/matrix-app.ts",
}

const kinds = [
  ['service', findServices, services],
  ['action', findActions, actions],
  ['route', findRoutes, routes],
  ['page', findPages, pages],
] as const

test.each(kinds)(
  'every %s of the source is in the matrix, and nothing else is',
  (kind, find, rows) => {
    const found = find()
    const missing = found.filter((name) => !(name in rows))
    const gone = Object.keys(rows).filter((name) => !found.includes(name))
    expect(missing, `not in the matrix; ${howTo[kind]}`).toEqual([])
    expect(gone, `in the matrix, but no longer in the source: take the row out`).toEqual([])
  },
)

test('each service that requires a permission has its call, and no other has one', () => {
  const asking = Object.keys(services).filter((name) => isPermission(services[name]))
  expect(Object.keys(calls).sort(), howTo.service).toEqual(asking.sort())
})

test('pages, actions and routes call only services that decide for themselves', () => {
  const strays = findServicesReached()
    .filter(({ service }) => ['part', 'program'].includes(services[service] ?? 'part'))
    .map(({ from, service }) => `${from} -> ${service}`)
  expect(strays, 'give it an actor and a permission, or call a service that has one').toEqual([])
})

test('what needs nobody to be signed in says why', () => {
  const all = { ...services, ...actions, ...routes, ...pages }
  const unasked = Object.keys(all).filter((name) => all[name] === 'unasked')
  expect(Object.keys(unaskedReason).sort()).toEqual(unasked.sort())
})

test.each(permissions.filter((permission) => permission !== 'carryOn'))(
  'F42 %s is allowed to the roles of the matrix and to no other',
  (permission) => {
    const able = roles.filter((role) => mayDo({ id: 'x', name: 'X', role }, permission))
    expect(able).toEqual(whoMay[permission])
  },
)

test('no person may carry on what the program’s own timers do', () => {
  expect(roles.filter((role) => mayDo({ id: 'x', name: 'X', role }, 'carryOn'))).toEqual([])
  expect(mayDo(systemActor, 'carryOn')).toBe(true)
})

test('admins manage people and servers, not evidence', () => {
  const evidence: Permission[] = [
    ...(['typeReading', 'registerTrial', 'armTrial', 'releaseTrial', 'observe'] as const),
    ...(['concludeTrial', 'overruleOutcome', 'voidTrial', 'holdDevice'] as const),
    ...(['acknowledgeLoss', 'rereadEvents', 'changeSettings', 'editProtocol'] as const),
  ]
  const admin = { id: 'a', name: 'Ada', role: 'admin' } as const
  expect(evidence.filter((permission) => mayDo(admin, permission))).toEqual([])
})

function isPermission(what: string | undefined): what is Permission {
  return permissions.some((permission) => permission === what)
}
