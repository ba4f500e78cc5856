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
import { services, whoMay } from './matrix'
import { actions, pages, routes, unaskedReason } from './matrix-app'

const howTo = {
  service:
    "add a row `'file.function': <permission>` to `services` in e2e/access/matrix.ts (or its kind: pure, part, program); with a permission, also add a call to e2e/access/calls.ts",
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
  'the matrix has exactly one row for every %s of the source',
  (kind, find, rows) => {
    const found = find()
    const missing = found.filter((name) => !(name in rows))
    const gone = Object.keys(rows).filter((name) => !found.includes(name))
    expect(missing, `not in the matrix; ${howTo[kind]}`).toEqual([])
    expect(gone, 'in the matrix, but not in the source: remove the row').toEqual([])
  },
)

test('exactly the services that require a permission have a call', () => {
  const guarded = Object.keys(services).filter((name) => isPermission(services[name]))
  expect(Object.keys(calls).sort(), howTo.service).toEqual(guarded.sort())
})

test('pages, actions and routes call no service that leaves the permission check to its caller', () => {
  const unguarded = findServicesReached()
    .filter(({ service }) => ['part', 'program'].includes(services[service] ?? 'part'))
    .map(({ from, service }) => `${from} -> ${service}`)
  expect(unguarded, 'give it an actor and a permission, or call a service that has one').toEqual([])
})

test('everything that works without signing in has its reason', () => {
  const all = { ...services, ...actions, ...routes, ...pages }
  const unasked = Object.keys(all).filter((name) => all[name] === 'unasked')
  expect(Object.keys(unaskedReason).sort()).toEqual(unasked.sort())
})

test.each(permissions.filter((permission) => permission !== 'carryOn'))(
  'F42 exactly the roles of the matrix have the permission %s',
  (permission) => {
    const able = roles.filter((role) => mayDo({ id: 'x', name: 'X', role }, permission))
    expect(able).toEqual(whoMay[permission])
  },
)

test('only the system has the permission carryOn, which is for its timers', () => {
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
