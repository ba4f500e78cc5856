// `npm run test:failover`: a real primary and standby lose their last commits, and a backup is put back; no
// command may leave twice. Uses the PostgreSQL of the machine (ONEWAY_POSTGRES_BIN names its folder of
// programs), and installs Debian's as root where there is none. Exits with 77 where neither can be. A real
// MicroMDM takes part where MICROMDM_BIN names one or Go can build one; else that is said.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findPrograms } from '@/e2e/failover/postgres'
import { root } from './children'
import { findMicromdm } from './micromdm'

/** Debian's package makes and starts a server of its own, which nobody has asked for. */
const settings = '/etc/postgresql-common/createcluster.conf'

function installDebian(): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  if (!existsSync(settings)) {
    mkdirSync(path.dirname(settings), { recursive: true })
    writeFileSync(settings, 'create_main_cluster = false\n')
  }
  const install = ['install', '-y', '--no-install-recommends', 'postgresql']
  const keep = ['-o', 'Dpkg::Options::=--force-confold']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (args: string[]) => spawnSync('apt-get', ['-qq', ...args], { stdio: 'inherit', env })
  if (apt([...keep, ...install]).status === 0) return
  if (apt(['update']).status === 0) apt([...keep, ...install])
}

if (!findPrograms()) {
  console.log("· installing Debian's PostgreSQL")
  installDebian()
}
if (!findPrograms()) {
  console.log(
    'Not run: there is no PostgreSQL with pg_basebackup here, and none could be installed. Name its folder of programs in ONEWAY_POSTGRES_BIN.',
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
