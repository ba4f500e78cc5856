import { expect, test } from 'vitest'
import { sweep } from './sweep'

test('F08, F09, F29: every even call of a trial fails: once, from then on, and with another during recovery', async () => {
  expect(await sweep('even')).toEqual({ once: [], forEver: [], compound: [] })
}, 2_700_000)
