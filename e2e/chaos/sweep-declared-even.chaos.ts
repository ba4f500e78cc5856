import { expect, test } from 'vitest'
import { sweepDeclared } from './declared/sweep'

test('F51, F53: calls of a trial of a declaration fail: once, from then on, and with another during recovery (even ones)', async () => {
  expect(await sweepDeclared('even')).toEqual({ once: [], forEver: [], compound: [] })
}, 2_700_000)
