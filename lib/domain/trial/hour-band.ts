/**
 * Quarters of a day in UTC, so that all trials are in the same ones: of a trial by command no time zone of its device
 * needs to be known.
 */
export const hourBands = [
  { value: 'from00', hour: 0, label: '00:00 to 05:59 UTC' },
  { value: 'from06', hour: 6, label: '06:00 to 11:59 UTC' },
  { value: 'from12', hour: 12, label: '12:00 to 17:59 UTC' },
  { value: 'from18', hour: 18, label: '18:00 to 23:59 UTC' },
] as const

export type HourBand = (typeof hourBands)[number]['value']
