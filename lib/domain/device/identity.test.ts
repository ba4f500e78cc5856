import { expect, test } from 'vitest'
import { type Identity, identityContradictions } from './identity'

const cases: [what: string, known: Identity, reported: Identity, contradicted: string[]][] = [
  ['the same serial', { serial: 'F78XK0AAJC6C' }, { serial: 'F78XK0AAJC6C' }, []],
  ['another serial', { serial: 'F78XK0AAJC6C' }, { serial: 'F78XK0AAJC6D' }, ['serial']],
  ['in another case, with blanks', { serial: 'F78XK0AAJC6C' }, { serial: ' f78xk0 aajc6c\t' }, []],
  ['with a sign nobody sees', { serial: 'F78XK0AAJC6C' }, { serial: 'F78XK0AAJC6C\u200b' }, []],
  ['no serial', { serial: 'F78XK0AAJC6C' }, {}, []],
  ['an empty one', { serial: 'F78XK0AAJC6C' }, { serial: '  ' }, []],
  ['zeros for want of one', { serial: 'F78XK0AAJC6C' }, { serial: '000000000000' }, []],
  ['a serial that was not known', { serial: null }, { serial: 'F78XK0AAJC6C' }, []],
  [
    'a UDID in both forms',
    { udid: '00008020-000915083C80012E' },
    { udid: '00008020000915083c80012e' },
    [],
  ],
  ['another UDID', { udid: 'a'.repeat(40) }, { udid: 'b'.repeat(40) }, ['udid']],
  ['another model', { model: 'iPhone8,1' }, { model: 'iPhone10,1' }, ['model']],
  ['a name beside a ProductName', { model: 'iPhone 6s' }, { model: 'iPhone10,1' }, []],
  ['a part number beside a ProductName', { model: 'iPhone8,1' }, { model: 'MD786LL/A' }, []],
  [
    'an IMEI with and without its check digit',
    { imei: '35 309706 012345 6' },
    { imei: '35309706012345' },
    [],
  ],
  [
    'an IMEI with a software version',
    { imei: '353097060123456' },
    { imei: '3530970601234501' },
    [],
  ],
  ['another IMEI', { imei: '353097060123456' }, { imei: '353097060999996' }, ['imei']],
  [
    'two at once',
    { serial: 'A1', model: 'iPad4,1' },
    { serial: 'B1', model: 'iPad4,2' },
    ['serial', 'model'],
  ],
]

test.each(cases)('identity: %s', (_, known, reported, contradicted) => {
  expect(identityContradictions(known, reported).map(({ identifier }) => identifier)).toEqual(
    contradicted,
  )
})

test('a contradiction has the known and the reported value unchanged', () => {
  expect(identityContradictions({ serial: 'a 1' }, { serial: 'B-2' })).toEqual([
    { identifier: 'serial', known: 'a 1', reported: 'B-2' },
  ])
})
