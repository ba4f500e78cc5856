import { connect } from '@/lib/db/client'
import { type SealReport, sealStored } from '@/lib/db/queries/servers/seal-stored'
import { findServer, listServers, stopServer } from '@/lib/db/queries/servers/servers'
import { weakKeyProblem } from '@/lib/domain/account/weak-key'

/** Seals what is stored in the clear or by an old key, on a connection of its own. */
export async function sealDatabase(databaseUrl: string): Promise<SealReport> {
  const { db, end } = connect(databaseUrl, { max: 1, asOwner: true })
  try {
    return await sealStored(db)
  } finally {
    await end()
  }
}

/**
 * Stops sending through real servers whose keys an earlier version took though everybody knows them, and
 * names them. They are still heard: a reply must not be lost because its key is weak.
 */
export async function stopWeakServers(databaseUrl: string): Promise<string[]> {
  const { db, end } = connect(databaseUrl, { max: 1, asOwner: true })
  try {
    const real = (await listServers(db)).filter(({ simulated }) => !simulated)
    const stopped: string[] = []
    for (const { id, name } of real) {
      const problem = await weaknessOf(() => findServer(db, id))
      if (problem === undefined) continue
      await stopServer(db, id, `its keys protect nothing: ${problem}; enter new ones`)
      stopped.push(name)
    }
    return stopped
  } finally {
    await end()
  }
}

type Keys = { apiKey: string; hmacKey: string }

async function weaknessOf(find: () => Promise<Keys | undefined>): Promise<string | undefined> {
  // Keys that do not open are told of by sealStored, and cannot be judged.
  const server = await find().catch(() => undefined)
  if (!server) return undefined
  const { apiKey, hmacKey } = server
  return weakKeyProblem(apiKey) ?? (hmacKey === '' ? undefined : weakKeyProblem(hmacKey))
}
