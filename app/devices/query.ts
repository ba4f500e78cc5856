import { z } from 'zod'
import type { DeviceQuery } from '@/lib/db/device-list'
import { platforms, type World } from '@/lib/domain/device'
import { type DeviceFilter, deviceSorts, sortDirections } from '@/lib/domain/device-query'

const one = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.string())

/** The search params of the list; what makes no sense is as if it were not there. */
const params = z.object({
  verdict: one
    .pipe(z.enum(['qualified', 'notYet', 'no']))
    .optional()
    .catch(undefined),
  platform: one.pipe(z.enum(platforms)).optional().catch(undefined),
  version: one.pipe(z.string().max(40)).optional().catch(undefined),
  model: one.pipe(z.string().max(40)).optional().catch(undefined),
  text: one.pipe(z.string().max(200)).optional().catch(undefined),
  retired: one.pipe(z.literal('1')).optional().catch(undefined),
  sort: one.pipe(z.enum(deviceSorts)).optional().catch(undefined),
  dir: one.pipe(z.enum(sortDirections)).optional().catch(undefined),
  cursor: one.pipe(z.string().max(600)).optional().catch(undefined),
})

export type DeviceParams = z.output<typeof params>

export const readDeviceParams = (given: unknown): DeviceParams => params.parse(given)

export function filterOf({ model, retired, ...given }: DeviceParams): DeviceFilter {
  const { verdict, platform, version, text } = given
  return { verdict, platform, version, text, modelIdentifier: model, retired: retired === '1' }
}

export const queryOf = (given: DeviceParams, world: World): DeviceQuery => ({
  world,
  filter: filterOf(given),
  sort: given.sort,
  direction: given.dir,
  cursor: given.cursor,
})

export const isFiltered = ({ verdict, platform, version, model, text, retired }: DeviceParams) =>
  [verdict, platform, version, model, text, retired].some(Boolean)
