import { describeBytes } from '@/lib/domain/reading/describe-reading'
import type { StartingConditions } from '@/lib/domain/trial/protocol'

type Range = { min?: number | undefined; max?: number | undefined } | undefined

const rangeWords = (what: string, range: Range, show: (value: number) => string): string[] => [
  ...(range?.min === undefined ? [] : [`${what} at least ${show(range.min)}`]),
  ...(range?.max === undefined ? [] : [`${what} at most ${show(range.max)}`]),
]

const networks = { wifi: 'Wi-Fi', cellular: 'cellular', wired: 'wired', none: 'none' }

/** What a protocol asks for in place of the lab's own rules, in words. */
export function conditionWords(conditions: StartingConditions): string {
  const { battery, freeBytes, externalPower, passcode, network, automaticUpdates } = conditions
  const words = [
    ...rangeWords('battery', battery, (level) => level.toFixed(2)),
    ...rangeWords('free disk', freeBytes, describeBytes),
    ...(externalPower === undefined ? [] : [externalPower ? 'plugged in' : 'unplugged']),
    ...(passcode === undefined ? [] : [passcode === 'set' ? 'passcode set' : 'no passcode']),
    ...(network === undefined ? [] : [`network ${networks[network]}`]),
    ...(automaticUpdates === undefined ? [] : [`automatic updates ${automaticUpdates}`]),
  ]
  return words.length === 0
    ? 'the lab’s own rules, nothing else'
    : `${words.join(', ')}; for the rest the lab’s own rules`
}
