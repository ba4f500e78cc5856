import { storageKinds } from './nanomdm-store'
import type { ServerChange } from './server-habits'
import { pushHabits } from './server-habits'

type Refusal = { error: string; field: string; accepted: string }

/** The clock of a server may be three days off, either way. */
export const maxSkewMinutes = 3 * 24 * 60

const isSkew = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= maxSkewMinutes

const readers: {
  [Key in keyof Required<ServerChange>]: {
    accepted: string
    read(value: unknown): ServerChange[Key]
  }
} = {
  storage: {
    accepted: storageKinds.join(', '),
    read: (value) => storageKinds.find((kind) => kind === value),
  },
  push: {
    accepted: pushHabits.join(', '),
    read: (value) => pushHabits.find((habit) => habit === value),
  },
  queueFails: {
    accepted: 'true or false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  },
  clockSkewMinutes: {
    accepted: `a whole number from ${-maxSkewMinutes} to ${maxSkewMinutes}`,
    read: (value) => (isSkew(value) ? value : undefined),
  },
}

const isHabit = (key: string): key is keyof typeof readers => Object.hasOwn(readers, key)

/** What a request wants changed of the server, or the first field that does not fit. */
export function readServerChange(
  fields: Record<string, unknown>,
): { change: ServerChange } | { refusal: Refusal } {
  const change: ServerChange = {}
  for (const [key, value] of Object.entries(fields)) {
    if (!isHabit(key))
      return {
        refusal: {
          error: `${key} is not a habit of the server`,
          field: key,
          accepted: Object.keys(readers).join(', '),
        },
      }
    const { accepted, read } = readers[key]
    const taken = read(value)
    if (taken === undefined)
      return {
        refusal: { error: `${key} does not take ${JSON.stringify(value)}`, field: key, accepted },
      }
    Object.assign(change, { [key]: taken })
  }
  return { change }
}
