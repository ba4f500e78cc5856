import { eq } from 'drizzle-orm'
import { type Environment, environments } from '@/lib/domain/device/device'
import type { Db } from '../client'
import { mdmServers, trials } from '../schema/schema'

export const noRealTrialsYet = 'This lab has no real trials yet, so the simulated lab is shown.'

/**
 * The environment that a page shows: the one in its URL, or else the real one as soon as it has a trial. `reason`
 * is set if the page must say why it shows the simulated one.
 */
export async function resolveEnvironment(
  db: Db,
  param?: string | string[],
): Promise<{ environment: Environment; reason?: string }> {
  const said = environments.find((environment) => environment === param)
  if (said) return { environment: said }
  const real = await db
    .select({ id: trials.id })
    .from(trials)
    .where(eq(trials.simulated, false))
    .limit(1)
  return real.length > 0
    ? { environment: 'real' }
    : { environment: 'simulated', reason: noRealTrialsYet }
}

/** Whether a virtual lab is connected. */
export async function hasVirtualLab(db: Db): Promise<boolean> {
  const rows = await db
    .select({ id: mdmServers.id })
    .from(mdmServers)
    .where(eq(mdmServers.simulated, true))
    .limit(1)
  return rows.length > 0
}
