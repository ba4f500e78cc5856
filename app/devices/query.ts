import { z } from 'zod'
import type { DeviceQuery } from '@/lib/db/queries/devices/device-list'
import {
  type DeviceFilter,
  deviceSorts,
  type Environment,
  platforms,
  sortDirections,
} from '@/lib/domain/device/device'
import { passcodeStates } from '@/lib/domain/device/passcode'
import { one, searchTerm, word } from '../query-text'

/** The search params of the list; what makes no sense is as if it were not there. */
const params = z.object({
  verdict: one
    .pipe(z.enum(['qualified', 'notYet', 'no']))
    .optional()
    .catch(undefined),
  platform: one.pipe(z.enum(platforms)).optional().catch(undefined),
  version: word(40),
  model: word(40),
  passcode: one.pipe(z.enum(passcodeStates)).optional().catch(undefined),
  unused: one.pipe(z.literal('1')).optional().catch(undefined),
  reaches: word(40),
  text: searchTerm(200),
  retired: one.pipe(z.literal('1')).optional().catch(undefined),
  import: one.pipe(z.uuid()).optional().catch(undefined),
  sort: one.pipe(z.enum(deviceSorts)).optional().catch(undefined),
  dir: one.pipe(z.enum(sortDirections)).optional().catch(undefined),
  cursor: word(600),
})

export type DeviceParams = z.output<typeof params>

export const readDeviceParams = (given: unknown): DeviceParams => params.parse(given)

function filterOf({ model, retired, unused, ...given }: DeviceParams): DeviceFilter {
  const { verdict, platform, version, passcode, reaches, text, import: importId } = given
  return {
    verdict,
    platform,
    version,
    passcode,
    unused: unused === '1' || undefined,
    reaches,
    text,
    modelIdentifier: model,
    retired: retired === '1',
    importId,
  }
}

export const queryOf = (given: DeviceParams, environment: Environment): DeviceQuery => ({
  environment,
  filter: filterOf(given),
  sort: given.sort,
  direction: given.dir,
  cursor: given.cursor,
})

export const isFiltered = ({ cursor: _, sort: __, dir: ___, ...filters }: DeviceParams) =>
  Object.values(filters).some(Boolean)
