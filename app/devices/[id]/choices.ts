import type { TypeableField } from '@/lib/domain/reading/typed-reading'

const yesNo = ['yes', 'no']
const words: Partial<Record<TypeableField, string[]>> = {
  externalPower: ['connected', 'not connected'],
  passcodePresent: ['set', 'not set'],
  automaticUpdatesOff: ['off', 'on'],
  network: ['Wi-Fi', 'cellular', 'wired', 'none'],
}
const written: readonly TypeableField[] = [
  'osVersion',
  'osBuild',
  'batteryLevel',
  'freeCapacity',
  'totalCapacity',
  'networkName',
  'timeZone',
]

/** The words a field is chosen from; undefined where it is written. */
export function choicesOf(field: TypeableField): string[] | undefined {
  if (written.includes(field)) return undefined
  return [...(words[field] ?? yesNo), 'not known']
}
