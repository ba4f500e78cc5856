import { expect, test } from 'vitest'
import { isWithheld, type ReaderStanding, whyNotSecondReader } from './second-reading'

const reader: ReaderStanding = {
  ...{ asked: true, awaits: 'secondReading', read: false, decided: false, unblinding: null },
}

test.each([
  ['somebody who knows nothing of it', {}, undefined],
  ['somebody who has opened it', { unblinding: 'opened' }, undefined],
  ['whoever decided it', { decided: true, unblinding: 'contributed' }, /another person/],
  ['a trial under observation', { awaits: null }, /not concluded/],
  ['a trial that was read', { read: true, awaits: 'adjudication' }, /one for each trial/],
  ['a protocol that asks for none', { asked: false, awaits: null }, /no second reader/],
] as const)('the second reader: %s', (_, but, reason) => {
  const why = whyNotSecondReader({ ...reader, ...but }, 'lead')
  if (reason === undefined) expect(why).toBeUndefined()
  else expect(why).toMatch(reason)
})

test.each([
  ['engineer', null, undefined],
  ['engineer', 'opened', /only a lead/],
  ['engineer', 'contributed', /only a lead/],
  ['lead', 'contributed', undefined],
] as const)('the second reader: a %s, unblinded: %s', (role, unblinding, reason) => {
  const why = whyNotSecondReader({ ...reader, unblinding }, role)
  if (reason === undefined) expect(why).toBeUndefined()
  else expect(why).toMatch(reason)
})

test.each([
  ['from somebody who may still read it', {}, true],
  ['before it is concluded too', { awaits: null }, true],
  ['not from contributors', { unblinding: 'contributed' }, false],
  ['not from whoever opened it', { unblinding: 'opened' }, false],
  ['not once it was read', { read: true }, false],
  ['never where nobody asks for a second reader', { asked: false }, false],
] as const)('the outcome is withheld %s', (_, but, withheld) => {
  expect(isWithheld({ ...reader, ...but })).toBe(withheld)
})
