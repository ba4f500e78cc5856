import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

/** Where global-setup writes what the specs need to know, mode 0600. */
export const factsFile = path.resolve('.oneway-e2e', 'facts.json')

const role = z.enum(['viewer', 'engineer', 'lead', 'admin'])

const schema = z.object({
  baseUrl: z.url(),
  databaseUrl: z.string(),
  /** The folder of the lab's data, its keys among them. */
  dataDir: z.string(),
  virtualLabUrl: z.url(),
  /** The OpenID Connect provider people may sign in with. */
  providerUrl: z.url(),
  users: z.array(z.object({ role, email: z.string(), password: z.string() })),
})

export type Facts = z.infer<typeof schema>
export type Role = z.infer<typeof role>

/** The lab the specs run against: addresses, people and their passwords. */
export function readFacts(): Facts {
  return schema.parse(JSON.parse(readFileSync(factsFile, 'utf8')))
}
