import { Text } from '@mantine/core'
import { enter } from '@/lib/auth/door'
import {
  findDurabilityProblem,
  findStandbyWarning,
  leastFreeBytes,
  readDiskSpace,
} from '@/lib/db/queries/servers/database-health'
import { env } from '@/lib/env'

const mebibyte = 1024 * 1024

/** What is known of the storage under the record, or that it is not known. */
export async function StorageNote() {
  const { db } = await enter('look')
  const [space, problem, standby] = await Promise.all([
    readDiskSpace(),
    findDurabilityProblem(db),
    env().ONEWAY_BUNDLED_DATABASE ? undefined : findStandbyWarning(db),
  ])
  const words = space.known
    ? `The disk of the bundled database has ${Math.floor(space.freeBytes / mebibyte)} MiB left; below ${Math.floor(leastFreeBytes / mebibyte)} MiB nothing is sent or asked.`
    : `How much space the database has left is unknown: ${space.because}.`
  return (
    <section aria-label="Storage">
      <Text size="sm" c="dimmed">
        {words}
      </Text>
      {standby !== undefined && <Text size="sm">{standby}.</Text>}
      {problem !== undefined && (
        <Text size="sm" c="red" role="alert">
          {`${problem.slice(0, 1).toUpperCase()}${problem.slice(1)}.`}
        </Text>
      )}
    </section>
  )
}
