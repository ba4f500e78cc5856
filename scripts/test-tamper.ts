// `npm run test:tamper -- [--n 10000] [--seed 1]`: creates a few trials, then tampers N times with the audit trail
// and the evidence, as a superuser with triggers disabled. Verification must find each change and name its row.
// Otherwise prints the missed ones and the seed, and exits with 1.
import { parseArgs } from 'node:util'
import { verifyTrail } from '@/lib/db/audit/log'
import { connect } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { emptyDatabase } from './empty-database'
import { makeHistory, tamper } from './tamper/run'
import { throwAwayFolder } from './throw-away-folder'

const { values } = parseArgs({ options: { n: { type: 'string' }, seed: { type: 'string' } } })
const [n, seed] = [Number(values.n ?? '10000'), Number(values.seed ?? Date.now() % 1_000_000)]
if (!Number.isSafeInteger(n) || n < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  console.error('usage: npm run test:tamper -- [--n N] [--seed S], whole numbers')
  process.exit(2)
}

const dataDir = throwAwayFolder('tamper')
const server = await startEmbedded({ dataDir })
await emptyDatabase(server.url, dataDir)
const app = connect(server.url, { max: 2 })
const owner = connect(server.url, { max: 1, asOwner: true })
try {
  await makeHistory(app.db)
  const before = await verifyTrail(owner.sql)
  if (before.broken || before.mismatches.length > 0)
    throw new Error(`verification fails before any tampering: ${JSON.stringify(before)}`)
  console.log(`· ${n} tamperings with a trail of ${before.entries} entries, --seed ${seed}`)
  const missed = await tamper(owner.sql, n, seed)
  for (const line of missed.slice(0, 50)) console.error(line)
  console.log(
    missed.length === 0 ? '· all were found, with their rows' : `· ${missed.length} were missed`,
  )
  process.exitCode = missed.length === 0 ? 0 : 1
} finally {
  await app.end()
  await owner.end()
  await server.stop()
}
