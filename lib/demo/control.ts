import 'server-only'
import { db } from '../db/pool'
import { findServerBySlug } from '../db/servers'
import { createLabControl, type LabControl } from '../virtual-lab/control-client'
import { virtualLabSlug } from './seed'

/** The hand on the virtual lab; undefined where no simulated server is connected. A real one has no such hand. */
export async function findLabControl(): Promise<LabControl | undefined> {
  const server = await findServerBySlug(db, virtualLabSlug)
  return server?.simulated ? createLabControl(server.url, server.apiKey) : undefined
}
