// `npm run test:nanomdm`: runs whole trials on the virtual lab's NanoMDM and on real ones on loopback, and declarations
// through a real KMFDDM and a real NanoHUB. Real ones need Go to install them, or the variables below; prints which were
// not run.
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

/** A program that Go installs once, unless its variable names one that is there; says so if there is none. */
function find(name: string, variable: string, source: string): string | undefined {
  const folder = path.join(root, '.oneway-nanomdm')
  const found = findGoProgram({ variable, folder, name: name.toLowerCase(), source })
  if (!found)
    console.log(`Not run on a real ${name}: no ${variable}, and no Go to install ${name} with.`)
  return found
}

const binary = find('NanoMDM', 'NANOMDM_BIN', `${module}/cmd/nanomdm@${version}`)
const kmfddm = find('KMFDDM', 'KMFDDM_BIN', 'github.com/jessepeterson/kmfddm/cmd/kmfddm@v0.8.3')
const nanohub = find('NanoHUB', 'NANOHUB_BIN', 'github.com/micromdm/nanohub/cmd/nanohub@v0.2.0')
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
      ...(nanohub ? { NANOHUB_BIN: nanohub } : {}),
      ...(schema ? { NANOMDM_PGSQL_SCHEMA: schema } : {}),
    },
  },
)
process.exit(status ?? 1)
