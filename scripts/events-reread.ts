// `npm run events:reread -- [--state unreadable|unmatched] [--id N]`: reprocesses stored events after the reader
// was fixed or a device was added. Safe to repeat; earlier states of an event are kept.
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { rereadEvents } from '@/lib/core/ingest/reread-events'
import { urlForApp } from '@/lib/db/app-role'
import { connect } from '@/lib/db/client'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { rereadableStates } from '@/lib/db/queries/events/raw-events'
import type { Actor } from '@/lib/domain/account/permissions'
import { readPlace, runScript, withLab } from './database'

const usage = `npm run events:reread -- [--state ${rereadableStates.join('|')}] [--id N]`

const wanted = z.object({
  state: z.enum(rereadableStates).optional(),
  id: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional(),
})

// Whoever can run this has access to the database anyway; the record names the command line as the actor.
const commandLine: Actor = { id: 'system', name: 'Oneway, command line', role: 'system' }

await runScript(async () => {
  const { values } = parseArgs({ options: { state: { type: 'string' }, id: { type: 'string' } } })
  const input = wanted.safeParse(values)
  if (!input.success) throw new Error(`usage: ${usage}`)
  const result = await withLab(readPlace(), async (databaseUrl) => {
    const migrated = await migrateDatabase(databaseUrl)
    const { db, end } = connect(urlForApp(databaseUrl, migrated), { max: 1 })
    try {
      return await rereadEvents(db, commandLine, input.data, new Date())
    } finally {
      await end()
    }
  })
  if (result.status === 'refused') throw new Error(result.reason)
  const { events } = result
  console.log(events === 1 ? '1 event is unread again.' : `${events} events are unread again.`)
  if (events > 0) console.log('The app reads them now if it is running, otherwise when it starts.')
})
