import { connect } from '@/lib/db/client'
import { type SealReport, sealStored } from '@/lib/db/queries/servers/seal-stored'
import { findServer, listServers, stopServer } from '@/lib/db/queries/servers/servers'
import { weakKeyProblem } from '@/lib/domain/account/weak-key'

/** Seals secrets that are stored unencrypted or with an old key. */
export async function sealDatabase(databaseUrl: string): Promise<SealReport> {
  const { db, end } = connect(databaseUrl, { max: 1, asOwner: true })
  try {
    return await sealStored(db)
  } finally {
    await end()
  }
}

/**
 * Stops sending through real servers with weak keys, which an earlier version accepted, and returns their names.
 * Their webhooks still work: no reply is lost for a weak key.
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

type Keys = { apiKey: string; hmacKey: string; declarationsKey: string }

async function weaknessOf(find: () => Promise<Keys | undefined>): Promise<string | undefined> {
  // Keys that cannot be decrypted are reported by sealStored.
  const server = await find().catch(() => undefined)
  if (!server) return undefined
  const { apiKey, hmacKey, declarationsKey } = server
  return [apiKey, hmacKey, declarationsKey]
    .filter((key, at) => at === 0 || key !== '')
    .map(weakKeyProblem)
    .find((problem) => problem !== undefined)
}
