import { expect, test } from 'vitest'
import { declarationsOfTrial } from './of-trial'
import type { FoldedEvent } from './standing'
import type { DeclarationClaim } from './status-claims'

const name = 'lab.oneway.0b6e0f9c-2a53-4b0f-9d6e-5c1f0f6a7d11.enforce'
const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, seconds))
const sent = [{ identifier: name, at: at(120) }]
const named = (identifier: string, active = true): DeclarationClaim => ({
  ...{ kind: 'configuration', identifier, active, valid: active ? 'valid' : 'unknown' },
})
const report = (seconds: number, declarations: DeclarationClaim[], full = false): FoldedEvent => ({
  ...{ id: seconds, at: at(seconds), kind: 'status', identifier: null },
  claims: { declarations, ...(full && { full }) },
})
const asks = (seconds: number, identifier: string): FoldedEvent => ({
  ...{ id: seconds, at: at(seconds), kind: 'configuration', identifier, claims: null },
})

test('a trial that has sent none has none, and what is not reported since is unknown', () => {
  const before = report(60, [named('lab.subscriptions')])
  expect(declarationsOfTrial([], [before])).toBeUndefined()
  for (const events of [[], [before], [before, asks(200, name)]])
    expect(declarationsOfTrial(sent, events)).toEqual({ released: [name] })
})

test('its own is told from another program’s, and from what was there before', () => {
  const events = [report(60, [named('lab.subscriptions')]), report(300, [named(name)])]
  const seen = () => declarationsOfTrial(sent, events)?.seen
  expect(seen()).toEqual({ own: [name], others: [], at: at(300) })
  events.push(report(400, [named('other.enforce')]))
  expect(seen()).toEqual({ own: [name], others: ['other.enforce'], at: at(400) })
  events.push(report(500, [named('other.enforce', false)]))
  expect(seen()).toMatchObject({ own: [name], others: [] })
  events.push(asks(550, 'third.enforce'))
  expect(seen()).toMatchObject({ own: [name], others: ['third.enforce'] })
  events.push(report(600, [], true))
  expect(seen()).toMatchObject({ own: [], others: [] })
})

test('its status subscription enforces nothing; another one may', () => {
  const subscription = name.replace('enforce', 'subscribe')
  const events = [asks(200, subscription), report(300, [named(name), named(subscription)])]
  const seen = (one: typeof sent) => declarationsOfTrial(one, events)?.seen
  expect(seen(sent.map((one) => ({ ...one, subscription })))).toMatchObject({
    ...{ own: [name], others: [] },
  })
  expect(seen(sent)).toMatchObject({ own: [name], others: [subscription] })
})

test('the declaration of another trial is another program’s', () => {
  const other = name.replace('0b6e0f9c', '11111111')
  expect(declarationsOfTrial(sent, [report(300, [named(other)])])?.seen?.others).toEqual([other])
})
