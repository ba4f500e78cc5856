// `npm run audit:verify -- [--head <hash> --seq <n>]`: verifies the audit trail's hash chain and compares every
// record with the trail. Given a head that was kept elsewhere, also checks that the chain contains it.
// Exits with 1 if anything differs.
import { parseArgs } from 'node:util'
import { verifyTrail } from '@/lib/db/audit/log'
import { connect } from '@/lib/db/client'
import { readPlace, runScript, withLab } from './database'
import { headOptions, readKeptHead } from './kept-head'

const usage = 'npm run audit:verify -- [--head <hash> --seq <number>]'

await runScript(async () => {
  const kept = readKeptHead(parseArgs({ options: headOptions }).values, usage)
  const verified = await withLab(readPlace(), async (databaseUrl) => {
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      return await verifyTrail(sql, kept)
    } finally {
      await end()
    }
  })
  const { entries, head, broken, mismatches } = verified
  if (broken) console.error(`BROKEN at entry ${broken.seq}: ${broken.reason}.`)
  for (const { table, row, reason, fields } of mismatches)
    console.error(`ALTERED ${table} ${row}: ${reason}. ${fields.join(', ')}`)
  if (!broken && mismatches.length === 0)
    console.log(`The chain holds: ${entries} entries, and every record agrees with the trail.`)
  else process.exitCode = 1
  console.log(`Head: --seq ${head.seq} --head ${head.hash}`)
})
