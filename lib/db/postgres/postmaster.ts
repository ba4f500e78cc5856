import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

export type Postmaster = { pid: number; port: number; ready: boolean }

const fileOf = (clusterDir: string) => path.join(clusterDir, 'postmaster.pid')

/**
 * What `postmaster.pid` says, which may be stale.
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
 * Removes a `postmaster.pid` whose number now belongs to a process that is no PostgreSQL, as happens
 * when a container starts anew and counts from 1 again. PostgreSQL itself takes over the file of a
 * dead process, but not this one; against backends that outlived their postmaster it still checks
 * its shared memory.
 */
export function clearStalePid(clusterDir: string): void {
  if (process.platform === 'win32') return
  const postmaster = readPostmaster(clusterDir)
  const command = postmaster && commandOf(postmaster.pid)
  if (command && !command.includes('postgres')) rmSync(fileOf(clusterDir), { force: true })
}

/** Whether the postmaster that the file names is a living PostgreSQL; one that was killed leaves the file behind. */
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
