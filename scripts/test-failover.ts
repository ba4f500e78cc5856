// `npm run test:failover`: promotes a standby without the last commits and restores an old backup; no command may
// be sent twice. Pages work through a PgBouncer that keeps no sessions. Uses the machine's PostgreSQL (its programs in
// ONEWAY_POSTGRES_BIN) and PgBouncer (ONEWAY_PGBOUNCER), or installs Debian's as root;
// exits with 77 if neither is possible. Also tests a real MicroMDM, from MICROMDM_BIN or built with Go; otherwise it
// prints that this was not run.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findPgbouncer, findPrograms } from '@/e2e/failover/postgres'
import { root } from './children'
import { findMicromdm } from './micromdm'

/** Keeps Debian's package from creating and starting a server. */
const settings = '/etc/postgresql-common/createcluster.conf'

function installDebian(): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  if (!existsSync(settings)) {
    mkdirSync(path.dirname(settings), { recursive: true })
    writeFileSync(settings, 'create_main_cluster = false\n')
  }
  const install = ['install', '-y', '--no-install-recommends', 'postgresql', 'pgbouncer']
  const keep = ['-o', 'Dpkg::Options::=--force-confold']
  // In run level 1 no package starts its service.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (args: string[]) => spawnSync('apt-get', ['-qq', ...args], { stdio: 'inherit', env })
  if (apt([...keep, ...install]).status === 0) return
  if (apt(['update']).status === 0) apt([...keep, ...install])
}

const areFound = () => findPrograms() !== undefined && findPgbouncer() !== undefined
if (!areFound()) {
  console.log("· installing Debian's PostgreSQL and PgBouncer")
  installDebian()
}
if (!areFound()) {
  console.log(
    'Not run: there is no PostgreSQL with pg_basebackup or no PgBouncer, and none could be installed. Set ONEWAY_POSTGRES_BIN to the folder of its programs and ONEWAY_PGBOUNCER to the other program.',
  )
  process.exit(77)
}
const micromdm = findMicromdm()
if (!micromdm)
  console.log('Not run on a real MicroMDM: no MICROMDM_BIN, and no Go to build MicroMDM with.')
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
const run = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.failover.config.ts', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(micromdm ? { MICROMDM_BIN: micromdm } : {}) },
  },
)
process.exitCode = run.status ?? 1
