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
import { uuidForm } from '@/lib/domain/text/typed-text'
import { one, searchTerm, word } from './query-text'

const custodyFilters = ['mine', 'offered', 'nobody'] as const

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
  /** Who has it: the person who looks, nobody, or it waits for the person who looks. */
  custody: one.pipe(z.enum(custodyFilters)).optional().catch(undefined),
  /** Values of custom fields, written as a query of its own: ID=value&ID=value. */
  fields: word(4000),
  /** Custom fields that are shown as columns: their IDs with commas between. */
  columns: word(2000),
  retired: one.pipe(z.literal('1')).optional().catch(undefined),
  import: one.pipe(z.uuid()).optional().catch(undefined),
  sort: one.pipe(z.enum(deviceSorts)).optional().catch(undefined),
  dir: one.pipe(z.enum(sortDirections)).optional().catch(undefined),
  cursor: word(600),
})

export type DeviceParams = z.output<typeof params>

export const readDeviceParams = (given: unknown): DeviceParams => params.parse(given)

/** The wanted value of each custom field; what is no ID is left out. */
export function readFields(text: string | undefined): Record<string, string> {
  const wanted = [...new URLSearchParams(text ?? '')]
  return Object.fromEntries(
    wanted
      .filter(([id, value]) => uuidForm.test(id) && value.length <= 200)
      .map(([id, value]) => [id.toLowerCase(), value]),
  )
}

export const writeFields = (fields: Readonly<Record<string, string>>): string =>
  new URLSearchParams(fields).toString()

export const readColumns = (text: string | undefined): string[] => [
  ...new Set((text ?? '').split(',').filter((id) => uuidForm.test(id))),
]

function filterOf(
  { model, retired, unused, custody, ...given }: DeviceParams,
  personId: string,
): DeviceFilter {
  const { verdict, platform, version, passcode, reaches, text, import: importId } = given
  const fields = readFields(given.fields)
  return {
    verdict,
    platform,
    version,
    passcode,
    unused: unused === '1' || undefined,
    reaches,
    text,
    ...(custody === 'mine' && { heldBy: personId }),
    ...(custody === 'offered' && { offeredTo: personId }),
    ...(custody === 'nobody' && { unheld: true }),
    ...(Object.keys(fields).length > 0 && { fields }),
    modelIdentifier: model,
    retired: retired === '1',
    importId,
  }
}

/** @param personId who looks */
export const queryOf = (
  given: DeviceParams,
  environment: Environment,
  personId: string,
): DeviceQuery => ({
  environment,
  filter: filterOf(given, personId),
  sort: given.sort,
  direction: given.dir,
  cursor: given.cursor,
})

/** Of what an address asks for: which devices are meant, and not in which order, page and columns. */
export const onlyFilters = ({
  cursor: _,
  sort: __,
  dir: ___,
  columns: ____,
  ...filters
}: DeviceParams) => filters

export const isFiltered = (given: DeviceParams) => Object.values(onlyFilters(given)).some(Boolean)

/** The form of the list that the boxes of its rows belong to. */
export const labelsForm = 'labels'
