// `npm run test:nanomdm`: runs whole trials on the virtual lab's NanoMDM and on real ones on loopback, and declarations
// through a real KMFDDM. Real ones need NANOMDM_BIN and KMFDDM_BIN, or Go to install them; prints which were not run.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { root } from './children'
import { findGoProgram } from './go-program'

const module = 'github.com/micromdm/nanomdm'
const version = 'v0.9.0'

/** NanoMDM's schema.sql comes with its source, which is in Go's module cache. */
function findSchema(): string | undefined {
  const given = process.env.NANOMDM_PGSQL_SCHEMA
  if (given) return given
  const { stdout } = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' })
  const cache = stdout?.trim()
  const file = path.join(cache ?? '', `${module}@${version}`, 'storage', 'pgsql', 'schema.sql')
  return cache && existsSync(file) ? file : undefined
}

const binary = findGoProgram({
  ...{ variable: 'NANOMDM_BIN', folder: path.join(root, '.oneway-nanomdm'), name: 'nanomdm' },
  source: `${module}/cmd/nanomdm@${version}`,
})
if (!binary)
  console.log('Not run on a real NanoMDM: no NANOMDM_BIN, and no Go to install NanoMDM with.')
const kmfddm = findGoProgram({
  ...{ variable: 'KMFDDM_BIN', folder: path.join(root, '.oneway-nanomdm'), name: 'kmfddm' },
  source: 'github.com/jessepeterson/kmfddm/cmd/kmfddm@v0.8.3',
})
if (!binary || !kmfddm)
  console.log(
    'No declarations with a real KMFDDM: no KMFDDM_BIN, and no Go to install KMFDDM with.',
  )
const schema = binary && findSchema()
if (binary && !schema)
  console.log('Not run on pgsql: NANOMDM_PGSQL_SCHEMA names no schema.sql of NanoMDM.')
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.nanomdm.config.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(binary ? { NANOMDM_BIN: binary } : {}),
      ...(kmfddm ? { KMFDDM_BIN: kmfddm } : {}),
      ...(schema ? { NANOMDM_PGSQL_SCHEMA: schema } : {}),
    },
  },
)
process.exit(status ?? 1)
