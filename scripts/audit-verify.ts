// `npm run audit:verify -- [--head <hash> --seq <n>] [--quick]`: verifies the audit trail's hash chain, compares every
// record with the trail, and every file of an attachment with its hash, or with --quick only with its size. Given a head that was kept elsewhere, also checks that the chain contains it.
// Exits with 1 if anything differs.
import { parseArgs } from 'node:util'
import { listFileProblems } from '@/lib/attachment-store/check-files'
import { verifyTrail } from '@/lib/db/audit/log'
import { connect } from '@/lib/db/client'
import { listNamedFiles, openStore, reportFiles } from './attached-files'
import { readPlace, runScript, withLab } from './database'
import { headOptions, readKeptHead } from './kept-head'

const usage = 'npm run audit:verify -- [--head <hash> --seq <number>] [--quick]'

await runScript(async () => {
  const { values } = parseArgs({ options: { ...headOptions, quick: { type: 'boolean' } } })
  const kept = readKeptHead(values, usage)
  const quick = values.quick === true
  const place = readPlace()
  const verified = await withLab(place, async (databaseUrl) => {
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      const trail = await verifyTrail(sql, kept)
      const files = await listNamedFiles(sql)
      const problems = await listFileProblems(openStore(place), files, { quick })
      return { ...trail, files: files.length, problems }
    } finally {
      await end()
    }
  })
  const { entries, head, broken, mismatches, files, problems } = verified
  if (broken) console.error(`BROKEN at entry ${broken.seq}: ${broken.reason}.`)
  for (const { table, row, reason, fields } of mismatches)
    console.error(`ALTERED ${table} ${row}: ${reason}. ${fields.join(', ')}`)
  if (!broken && mismatches.length === 0)
    console.log(`The chain holds: ${entries} entries, and every record agrees with the trail.`)
  else process.exitCode = 1
  if (problems.length === 0 && files > 0)
    console.log(
      quick
        ? `The ${files} files of attachments are there with their sizes; their hashes were not computed.`
        : `The ${files} files of attachments are there, and each has its SHA-256.`,
    )
  reportFiles(problems)
  console.log(`Head: --seq ${head.seq} --head ${head.hash}`)
})
