import { expect, test } from 'vitest'
import { acceptedForm, readTyped, typeableFields } from './typed-reading'

test.each([
  ['0.5', 0.5],
  ['0,5', 0.5],
  ['50', 0.5],
  ['50 %', 0.5],
  ['50%', 0.5],
  ['1', 1],
  ['1%', 0.01],
  ['2', 0.02],
  ['100', 1],
  ['0', 0],
] as const)('a battery typed as "%s" is %s of full', (text, value) => {
  expect(readTyped('batteryLevel', text)).toMatchObject({ status: 'value', value })
})

test.each(['-1', '1.5', '101', '50.', 'half', '', '1e2', 'NaN', 'Infinity', '٣'])(
  'a battery typed as "%s" is refused with the accepted form',
  (text) => {
    expect(readTyped('batteryLevel', text)).toMatchObject({
      status: 'refused',
      accepted: acceptedForm('batteryLevel'),
    })
  },
)

test('a percentage has a note that it was read as a fraction', () => {
  expect(readTyped('batteryLevel', '50')).toMatchObject({
    note: '50 is read as 0.50 of a full charge',
  })
  expect(readTyped('batteryLevel', '0.5')).not.toHaveProperty('note')
})

test.each([
  ['osVersion', '11.4.1', '11.4.1'],
  ['osBuild', '15G77', '15G77'],
  ['freeCapacity', '12,5 GB', 12.5],
  ['network', 'Wi-Fi', 'wifi'],
  ['network', 'Ethernet', 'wired'],
  ['networkName', ' Lab 5G ', 'Lab 5G'],
  ['passcodePresent', 'not set', false],
  ['automaticUpdatesOff', 'Off', true],
  ['automaticUpdatesOff', 'on', false],
  ['externalPower', 'connected', true],
  ['supervised', 'YES', true],
  ['timeZone', ' Europe/Berlin ', 'Europe/Berlin'],
  ['timeZone', 'UTC', 'UTC'],
] as const)('%s "%s" is %s', (field, text, value) => {
  expect(readTyped(field, text)).toEqual({ status: 'value', value })
})

test.each([
  ['osVersion', '15E216'],
  ['osVersion', ' '],
  ['osBuild', '15e216'],
  ['osBuild', '11.4'],
  ['freeCapacity', '500 MB'],
  ['freeCapacity', '-3'],
  ['network', 'yes'],
  ['networkName', 'two\nlines'],
  ['supervised', 'maybe'],
  ['timeZone', 'Berlin'],
  ['timeZone', '+02:00'],
] as const)('%s "%s" is refused', (field, text) => {
  expect(readTyped(field, text).status).toBe('refused')
})

test.each(typeableFields)('%s can be typed as not known, and has an accepted form', (field) => {
  expect(readTyped(field, 'not known')).toEqual({ status: 'notKnown' })
  expect(acceptedForm(field)).not.toBe('')
})
