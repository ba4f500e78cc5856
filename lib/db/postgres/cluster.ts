import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { Binaries, Identity } from './binaries'

export type Cluster = { dataDir: string; dir: string; binaries: Binaries; identity: Identity }

/** The superuser of the bundled server. */
export const user = 'oneway'

/** Runs one of PostgreSQL's programs as the cluster's user; gives its exit code and output. */
export function runTool(cluster: Cluster, tool: keyof Binaries, args: string[]) {
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const { wrap, uid, gid } = cluster.identity
    const [command = cluster.binaries[tool], ...rest] = [...wrap, cluster.binaries[tool], ...args]
    // The user that PostgreSQL runs as may not be able to enter the caller's folder.
    const env = { ...process.env, LC_ALL: 'C', PGDATA: undefined, PGPORT: undefined }
    const child = spawn(command, rest, {
      uid,
      gid,
      env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** @throws Error with the program's output if it fails */
export async function runToolOrThrow(cluster: Cluster, tool: keyof Binaries, args: string[]) {
  const { code, output } = await runTool(cluster, tool, args)
  if (code !== 0) throw new Error(`${tool} failed (${code}):\n${output.trim()}`)
}

/**
 * A password of the bundled server, by default the superuser's, created at the first call. Of several processes at once
 * one writes it and all read the same: `link` fails if the file exists, and never shows a partial file.
 */
export function readPassword(dataDir: string, name = 'postgres-password'): string {
  const file = path.join(dataDir, name)
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    try {
      linkSync(draft, file)
    } catch (error) {
      if (!existsSync(file)) throw error
    }
    rmSync(draft)
  }
  return readFileSync(file, 'utf8').trim()
}

/**
 * Creates the database files in a temporary folder and renames it, so that an interrupted initdb leaves nothing that
 * looks like a database, and the second of two processes at once changes nothing.
 */
export async function createCluster(cluster: Cluster, password: string): Promise<void> {
  const draft = mkdtempSync(path.join(cluster.dataDir, 'postgres-new-'))
  const [passwordFile, dir] = [path.join(draft, 'password'), path.join(draft, 'data')]
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const { uid, gid } = cluster.identity
  if (uid !== undefined && gid !== undefined) {
    for (const file of [draft, passwordFile]) chownSync(file, uid, gid)
  }
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100']
  try {
    await runToolOrThrow(cluster, 'initdb', [
      ...['-D', dir, '-U', user, '--pwfile', passwordFile, '--auth=scram-sha-256'],
      // The builtin locale is the same on every machine; a library's locale may change the order of an index.
      ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ...['--data-checksums', '--no-instructions'],
      ...[...settings, 'log_checkpoints=off', 'timezone=UTC'].flatMap((text) => ['--set', text]),
    ])
    if (!existsSync(cluster.dir)) renameSync(dir, cluster.dir)
  } catch (error) {
    if (!existsSync(cluster.dir)) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

export type Postmaster = { pid: number; port: number; ready: boolean }

const fileOf = (clusterDir: string) => path.join(clusterDir, 'postmaster.pid')

/**
 * The content of `postmaster.pid`, which may be stale.
 * Lines of the file: https://github.com/postgres/postgres/blob/REL_18_0/src/include/utils/pidfile.h
 */
export function readPostmaster(clusterDir: string): Postmaster | undefined {
  const file = fileOf(clusterDir)
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid && port ? { pid, port, ready: lines[7]?.trim() === 'ready' } : undefined
}

const commandOf = (pid: number): string | undefined => {
  if (existsSync('/proc/self/cmdline')) {
    const file = `/proc/${pid}/cmdline`
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)])
  return status === 0 ? stdout.toString() : undefined
}

/**
 * Removes a `postmaster.pid` whose process ID now belongs to another program, as happens after the restart of a
 * container, which counts from 1 again. PostgreSQL itself replaces the file of a dead process, but not this one. It
 * still checks its shared memory, in case backends have outlived their postmaster.
 */
export function clearStalePid(clusterDir: string): void {
  if (process.platform === 'win32') return
  const postmaster = readPostmaster(clusterDir)
  const command = postmaster && commandOf(postmaster.pid)
  if (command && !command.includes('postgres')) rmSync(fileOf(clusterDir), { force: true })
}

/** Whether the process in `postmaster.pid` is a running PostgreSQL; a killed one leaves the file behind. */
export function isPostmasterAlive(clusterDir: string): boolean {
  const postmaster = readPostmaster(clusterDir)
  if (!postmaster) return false
  if (process.platform !== 'win32') return commandOf(postmaster.pid)?.includes('postgres') ?? false
  try {
    return process.kill(postmaster.pid, 0)
  } catch {
    return false // ESRCH: there is no such process.
  }
}
