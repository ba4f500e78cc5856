import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { readOwnIdentifier } from './own-identifier'
import { type FoldedEvent, foldDeclarations, judgeDeclarations } from './standing'
import { type DeclarationClaim, readTargetTime, type StatusClaims } from './status-claims'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 2, minute))
const report = (minute: number, claims: StatusClaims): FoldedEvent => ({
  ...{ id: minute, at: at(minute), kind: 'status', identifier: null, claims },
})
const asks = (minute: number, identifier: string): FoldedEvent => ({
  ...{ id: minute, at: at(minute), kind: 'configuration', identifier, claims: null },
})
const configuration = (identifier: string, but: Partial<DeclarationClaim> = {}) => ({
  ...{ kind: 'configuration' as const, identifier, active: true, valid: 'valid', ...but },
})
const lists = (...declarations: DeclarationClaim[]): StatusClaims => ({ declarations })

const own = 'lab.oneway.3d5d78e6-3f54-451d-bc0b-f38038bbbcf4.enforce'
const subscription = own.replace('enforce', 'subscribe')
const judge = (...events: FoldedEvent[]) =>
  judgeDeclarations(foldDeclarations(events), (identifier) =>
    identifier === own ? 'enforce' : identifier === subscription ? 'subscribe' : undefined,
  )
const enforced: StatusClaims = { pending: { version: '26.9.1', at: '2026-11-30T20:00:00' } }

test.each<[string, FoldedEvent[], boolean | undefined, string[]]>([
  ['this lab has one active', [report(1, lists(configuration(own)))], true, [own]],
  [
    'another program has one, by its name',
    [report(1, { installReason: { reasons: ['declaration'], declaration: 'x' } })],
    true,
    ['x'],
  ],
  [
    'a time to install by, and one active configuration',
    [report(1, { ...enforced, ...lists(configuration('x')) })],
    true,
    ['x'],
  ],
  ['a time to install by that names nothing', [report(1, enforced)], true, ['unnamed']],
  [
    'a time to install by beside this lab’s own and the subscriptions of a server',
    [report(1, { ...enforced, ...lists(configuration(own), configuration('subscriptions')) })],
    true,
    [own],
  ],
  [
    'a configuration of a kind that nobody names',
    [report(1, lists(configuration('x')))],
    undefined,
    [],
  ],
  ['it asked for one', [asks(1, 'x')], undefined, []],
  [
    'it asked for one and then reports it inactive',
    [asks(1, 'x'), report(2, lists(configuration('x', { active: false })))],
    false,
    [],
  ],
  ['one that is refused', [report(1, lists(configuration('x', { valid: 'invalid' })))], false, []],
  ['none', [report(1, lists())], false, []],
  [
    'this lab’s status subscription alone',
    [asks(1, subscription), report(2, lists(configuration(subscription)))],
    false,
    [],
  ],
  [
    'it asked for this lab’s status subscription',
    [report(1, lists()), asks(2, subscription)],
    false,
    [],
  ],
  [
    'a time to install by beside this lab’s status subscription, which does not enforce it',
    [report(1, { ...enforced, ...lists(configuration(subscription)) })],
    true,
    ['unnamed'],
  ],
  [
    'a pending version that is still reported after a list without any',
    [report(1, enforced), report(2, lists())],
    false,
    [],
  ],
  [
    'one that a later report leaves out',
    [report(1, lists(configuration(own))), report(2, lists(configuration('y', { active: false })))],
    undefined,
    [],
  ],
  [
    'one that a later full report leaves out',
    [report(1, lists(configuration(own))), report(2, { full: true, ...lists() })],
    false,
    [],
  ],
  [
    'one that is reported as removed',
    [report(1, lists(configuration(own))), report(2, lists(configuration(own, { removed: true })))],
    false,
    [],
  ],
  [
    'a full report without any list of declarations',
    [report(1, lists(configuration(own))), report(2, { full: true, installState: 'none' })],
    true,
    [own],
  ],
])('whether a software-update declaration is active: %s', (_, events, active, named) => {
  const verdict = judge(...events)
  expect(verdict?.active).toBe(active)
  expect(verdict?.declarations.map(({ identifier }) => identifier ?? 'unnamed')).toEqual(named)
  expect(verdict?.reason).toMatch(/\w/)
})

test('a device that has only spoken of other things has said nothing of declarations', () => {
  expect(judge(report(1, { installState: 'none', failure: { count: 0 } }))).toBeUndefined()
})

const identifier = fc.constantFrom(own, 'a', 'b', 'c/d')
const claims = fc.record(
  {
    full: fc.constant(true as const),
    installState: fc.constantFrom('none', 'downloading'),
    pending: fc.record({ at: fc.constant('2026-11-30T20:00:00') }, { requiredKeys: [] }),
    installReason: fc.record({ reasons: fc.subarray(['mdm', 'declaration']) }),
    declarations: fc.array(
      fc.record(
        {
          kind: fc.constantFrom('configuration' as const, 'activation' as const),
          identifier,
          active: fc.boolean(),
          valid: fc.constantFrom('valid', 'invalid', 'unknown'),
          removed: fc.constant(true as const),
        },
        { requiredKeys: ['kind', 'identifier'] },
      ),
      { maxLength: 4 },
    ),
  },
  { requiredKeys: [] },
)
const history = fc
  .array(fc.oneof(claims, identifier), { maxLength: 8 })
  .map((all) =>
    all.map((one, i) => (typeof one === 'string' ? asks(i + 1, one) : report(i + 1, one))),
  )

test('whatever order reports arrive in, the same holds', () => {
  fc.assert(
    fc.property(
      history.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      ),
      ([sent, arrived]) => {
        expect(foldDeclarations(arrived)).toEqual(foldDeclarations(sent))
        expect(judge(...arrived)).toEqual(judge(...sent))
      },
    ),
  )
})

test('after an active declaration of this lab nothing says "none" but its removal, its refusal, or a full list', () => {
  fc.assert(
    fc.property(history, (later) => {
      const verdict = judge(report(0, lists(configuration(own))), ...later)
      const ends = later.some(
        ({ claims: said }) =>
          said?.declarations !== undefined &&
          (said.full ||
            said.declarations.some(
              (one) =>
                one.identifier === own &&
                one.kind === 'configuration' &&
                (one.removed || one.active !== true || one.valid === 'invalid'),
            )),
      )
      if (!ends) expect(verdict?.active).not.toBe(false)
    }),
  )
})

test.each([
  ['2026-12-01T20:00:00', { local: '2026-12-01T20:00:00' }],
  ['2026-12-01 20:00', { local: '2026-12-01T20:00:00' }],
  ['2026-11-30 20:00:00 +0000', { instant: new Date('2026-11-30T20:00:00Z') }],
  ['2026-11-30T15:00:00-05:00', { instant: new Date('2026-11-30T20:00:00Z') }],
  ['2026-11-30T20:00:00.5Z', { instant: new Date('2026-11-30T20:00:00Z') }],
  ['2026-13-01T20:00:00', undefined],
  ['tonight', undefined],
  ['', undefined],
])('the time to install by %j', (text, expected) => {
  expect(readTargetTime(text)).toEqual(expected)
})

test.each([
  [own, { commandUuid: '3d5d78e6-3f54-451d-bc0b-f38038bbbcf4', part: 'enforce' }],
  [
    own.replace('enforce', 'activate').toUpperCase().replace('LAB.ONEWAY', 'lab.oneway'),
    { commandUuid: '3d5d78e6-3f54-451d-bc0b-f38038bbbcf4', part: 'activate' },
  ],
  ['lab.oneway.t-17.enforce', undefined],
  [`${own}.x`, undefined],
  [`x${own}`, undefined],
])('the identifier %s', (text, expected) => {
  expect(readOwnIdentifier(text)).toEqual(expected)
})
