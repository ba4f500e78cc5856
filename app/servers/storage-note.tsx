import { Text } from '@mantine/core'
import { When } from '@/components/data/when'
import { attachmentStoreOf, listFilesHere, readMoveState } from '@/lib/attachment-store/store'
import { authorize } from '@/lib/auth/guard'
import type { Db } from '@/lib/db/client'
import {
  findDurabilityProblem,
  findStandbyWarning,
  minFreeBytes,
  readDiskSpace,
} from '@/lib/db/queries/servers/database-health'
import { countNamed } from '@/lib/db/queries/trials/attachments'
import { env } from '@/lib/env'

const mebibyte = 1024 * 1024

/** What is known of the storage under the record, or that it is not known. */
export async function StorageNote() {
  const { db } = await authorize('look')
  const [space, problem, standby] = await Promise.all([
    readDiskSpace(),
    findDurabilityProblem(db),
    env().ONEWAY_BUNDLED_DATABASE ? undefined : findStandbyWarning(db),
  ])
  const words = space.known
    ? `The disk of the bundled database has ${Math.floor(space.freeBytes / mebibyte)} MiB left; below ${Math.floor(minFreeBytes / mebibyte)} MiB nothing is sent or asked.`
    : `How much space the database has left is unknown: ${space.reason}.`
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
      <FilesNote db={db} />
    </section>
  )
}

/** Where the files of attachments are, and what keeps some from the object storage. */
export async function FilesNote({ db }: { db: Db }) {
  const store = attachmentStoreOf(env())
  if (!store.bucket)
    return (
      <Text size="sm" c="dimmed">
        Attachments are stored in the data folder of this machine.
      </Text>
    )
  const { settings } = store.bucket
  const [count, state] = await Promise.all([
    listFilesHere(store).then((here) => countNamed(db, here)),
    readMoveState(store),
  ])
  const waiting = count === 1 ? '1 file waits' : `${count || 'No'} files wait`
  return (
    <>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {`Attachments are stored in the bucket ${settings.bucket} at ${settings.endpoint.host}${settings.prefix && ` under ${settings.prefix}`}. ${waiting} on this machine to be moved there.`}
      </Text>
      {state?.problem !== undefined && count > 0 && (
        <Text size="sm" c="red" role="alert" style={{ overflowWrap: 'anywhere' }}>
          The last try, <When at={state.at} />, failed: {state.problem}. Nothing is lost; it is
          tried again every 30 seconds.
        </Text>
      )}
    </>
  )
}
