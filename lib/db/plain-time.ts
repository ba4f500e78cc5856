/**
 * A timestamptz as PostgreSQL writes it, in a form that `new Date` reads as that moment. It takes the
 * year 0001 of "0001-01-01 00:00:00+00" for 2001: what is not of ISO 8601 it reads as people write
 * dates, two digits for a year of this century
 * (https://tc39.es/ecma262/#sec-date.parse leaves it to the engine).
 */
export function plainTime(text: string): string {
  const early = /^(0\d{3}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?$/.exec(text)
  if (!early) return text
  const [, day, time, hours, minutes = ':00'] = early
  return `${day}T${time}${hours}${minutes}`
}
