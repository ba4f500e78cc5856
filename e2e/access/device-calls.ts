import {
  answerHandOver,
  handOver,
  putBackDevice,
  takeDevice,
  withdrawHandOver,
} from '@/lib/core/devices/custody'
import { defineField, enterFieldValues, retireField } from '@/lib/core/devices/custom-fields'
import { exportDevices } from '@/lib/core/record/export-devices'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

const reason = 'tried by the matrix'
const draft = {
  ...{ name: 'Of the matrix', type: 'text' as const, unit: '', options: '', help: '' },
  ...{ required: false, inStartingState: false },
}

/** The calls about the lab's own fields of devices and their file. */
export const deviceCalls: Record<string, Call> = {
  'custody.answerHandOver': (db, actor, { deviceId }) =>
    answerHandOver(db, actor, { deviceId, handOverId: 1, answer: 'refused', reason }, now),
  'custody.handOver': (db, actor, { deviceId, personId }) =>
    handOver(db, actor, { deviceId, toId: personId, place: 'Bench 3', note: '' }, now),
  'custody.putBackDevice': (db, actor, { deviceId }) =>
    putBackDevice(db, actor, { deviceId, place: 'Shelf 2' }, now),
  'custody.takeDevice': (db, actor, { deviceId }) =>
    takeDevice(db, actor, { deviceId, place: 'Bench 3' }, now),
  'custody.withdrawHandOver': (db, actor, { deviceId }) =>
    withdrawHandOver(db, actor, { deviceId, handOverId: 1, reason }, now),
  'custom-fields.defineField': (db, actor) => defineField(db, actor, { draft }, now),
  'custom-fields.enterFieldValues': (db, actor, { deviceId }) =>
    enterFieldValues(db, actor, { deviceId, values: [] }, now),
  'custom-fields.retireField': (db, actor, { deviceId: fieldId }) =>
    retireField(db, actor, { fieldId, to: 'retired', reason }, now),
  'export-devices.exportDevices': (db, actor) =>
    exportDevices(db, actor, { environment: 'real', filter: {}, bom: false }, now),
}
