import { queryOf, readDeviceParams } from '@/app/device-query'
import type { AuthorizedByRoute } from '@/lib/auth/guard'
import { exportDevices } from '@/lib/core/record/export-devices'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import type { FilterProblem } from '@/lib/domain/text/address-filter'

const filters = [
  ...['verdict', 'platform', 'version', 'model', 'passcode', 'unused', 'reaches', 'text'],
  ...['fields', 'custody', 'retired', 'import'],
]

/**
 * Makes the file of the devices, or says what in the address is not understood: a filter that is left out would give
 * more devices than were asked for.
 */
export async function makeDeviceFile(
  { actor, db }: AuthorizedByRoute,
  asked: Record<string, string>,
  problemsOf: (environment: string | undefined) => readonly FilterProblem[],
) {
  const params: Record<string, string | undefined> = readDeviceParams(asked)
  const accepted = [...filters, 'environment', 'bom'].join(', ')
  const wrong = Object.entries(asked).flatMap(([field, value]): FilterProblem[] => {
    if (field === 'environment' || field === 'bom') return []
    const shown = field.slice(0, 100)
    if (!filters.includes(field))
      return [{ field: shown, reason: 'no filter has this name', accepted }]
    if (value === '' || params[field] !== undefined) return []
    return [{ field: shown, reason: 'this is no value of it', accepted: 'as the list writes it' }]
  })
  const problems = [...wrong, ...problemsOf(asked.environment)]
  if (problems.length > 0) return { status: 'wrong' as const, problems }
  const { environment } = await resolveEnvironment(db, asked.environment)
  const { filter } = queryOf(readDeviceParams(asked), environment, actor.id)
  const query = { environment, filter, bom: asked.bom === '1' }
  const made = await exportDevices(db, actor, query, new Date())
  return made.status === 'refused' ? made : { ...made, filter: { environment, ...filter } }
}
