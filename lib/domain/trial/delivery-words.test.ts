import { expect, test } from 'vitest'
import { deliveryLine } from './delivery-words'

const declaration = { requestType: 'SoftwareUpdateEnforcement', slotOrdinal: 1 } as const
const command = { requestType: 'ScheduleOSUpdate', slotOrdinal: 2 } as const

test.each([
  [command, 'answered', 'Acknowledged', 'Command 2: answered. Acknowledged'],
  [command, 'pushed', '', 'Command 2: the device was woken by a push'],
  [declaration, 'answered', 'Asked', 'Declaration 1: The device has asked for a part of its set'],
  [declaration, 'answered', 'Reported', 'Declaration 1: The device has reported about it'],
  [declaration, 'pushed', '', 'Declaration 1: the device was notified of what holds now'],
  [declaration, 'withdrawing', 'not needed', 'Declaration 1: it is being taken back. not needed'],
  [{ ...command, slotOrdinal: null }, 'answered', 'Acknowledged', 'Acknowledged'],
] as const)(
  'an event is said by what was sent, and a request is never called an answer',
  (row, kind, text, words) => {
    expect(deliveryLine(row, { kind, text })).toBe(words)
  },
)
