import type { Db } from '@/lib/db/client'
import {
  deleteServerSilence,
  findServerSilence,
  putServerSilence,
} from '@/lib/db/queries/servers/server-silences'
import { silenceWaitMs } from '@/lib/domain/server/server-silence'
import type { MdmServer } from '@/lib/mdm/server'

/** Leaves a server alone that has not answered, for longer each time. */
export async function recordSilence(
  db: Db,
  mdmServerId: string,
  reason: string,
  now: Date,
): Promise<void> {
  const nextTryAt = (tries: number) => new Date(now.getTime() + silenceWaitMs(tries))
  await putServerSilence(db, mdmServerId, { at: now, reason, nextTryAt })
}

/**
 * Whether commands may go to this server. One that did not answer the last time is asked for its version
 * first, which does nothing: a command that is sent into silence holds its device until a person decides.
 */
export async function answersAgain(
  db: Db,
  mdmServerId: string,
  server: MdmServer,
  clock: () => Date,
): Promise<boolean> {
  const silence = await findServerSilence(db, mdmServerId)
  if (!silence) return true
  if (silence.nextTryAt > clock()) return false
  const version = await server.version()
  if (!version.ok && version.noAnswer) {
    await recordSilence(db, mdmServerId, version.because, clock())
    return false
  }
  await deleteServerSilence(db, mdmServerId)
  return true
}
