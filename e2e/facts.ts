import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

/** Names the folder of the lab under test. A suite that runs beside the browser tests has another (its configuration). */
export const labName = process.env.ONEWAY_E2E_LAB ?? 'e2e'

/** Written by global-setup for the specs, mode 0600 because it holds passwords. */
export const factsFile = path.resolve(`.oneway-${labName}`, 'facts.json')

const role = z.enum(['viewer', 'engineer', 'lead', 'admin'])

const schema = z.object({
  baseUrl: z.url(),
  databaseUrl: z.string(),
  /** The lab's data folder, which also holds its keys. */
  dataDir: z.string(),
  virtualLabUrl: z.url(),
  /** The OpenID Connect provider for single sign-on. */
  providerUrl: z.url(),
  users: z.array(z.object({ role, email: z.string(), password: z.string() })),
})

export type Facts = z.infer<typeof schema>
export type Role = z.infer<typeof role>

/** Addresses, people and passwords of the lab under test. */
export function readFacts(): Facts {
  return schema.parse(JSON.parse(readFileSync(factsFile, 'utf8')))
}
