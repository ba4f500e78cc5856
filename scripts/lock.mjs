// Plain JavaScript without dependencies: runs on the machine's own Node, before anything is installed.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

// One owner per folder, however many try at once, with nothing to clean up after `kill -9`.
// Not an advisory lock in PostgreSQL: npm's install must be guarded too, when there is no PostgreSQL
// yet. Not a socket in the folder: its path may be at most 107 bytes long. Every contender writes a
// file of its own, then looks for others. Of two at once at least one looks after the other wrote,
// so never both own; a file whose process is gone counts for nothing, and as its name is never used
// again anybody may delete it.

const prefix = 'lock-'
const deadlineMs = 400
const stopDeadlineMs = 20_000

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// A number may be given to a new process after the old one's death; its start time may not.
const startTimeOf = (pid) => {
  if (existsSync('/proc/self/stat')) {
    if (!existsSync(`/proc/${pid}/stat`)) return undefined
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22 of proc(5); the second, the name, may hold spaces and brackets.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`
  }
  if (process.platform === 'win32') return undefined
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)])
  return status === 0 ? stdout.toString().trim() : undefined
}

const isAlive = ({ pid, startTime }) => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code === 'ESRCH') return false
  }
  return startTime === undefined || startTimeOf(pid) === startTime
}

const write = (file, owner) => {
  writeFileSync(`${file}.draft`, JSON.stringify(owner), { mode: 0o600 })
  renameSync(`${file}.draft`, file)
}

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // Its owner has just taken it away.
  }
}

const listOthers = (folder, mine) => {
  const files = readdirSync(folder).filter(
    (name) => name.startsWith(prefix) && name.endsWith('.json'),
  )
  const others = { alive: [], dead: 0 }
  for (const file of files.map((name) => path.join(folder, name))) {
    if (file === mine) continue
    const owner = read(file)
    if (owner && isAlive(owner)) others.alive.push(owner)
    else if (owner) {
      rmSync(file, { force: true })
      others.dead += 1
    }
  }
  return others
}

/**
 * Makes this process the one owner of a folder until it releases it or dies.
 * @param {string} folder made when absent, mode 0700
 * @param {Record<string, unknown>} about told to those who are refused
 * @param {{ waitMs?: number }} options how long to wait for another owner; half a second unless told
 * @returns the owner's handle (`tookOver`: the one before died without a word), or `{ heldBy }`
 */
export async function acquire(folder, about, { waitMs = deadlineMs } = {}) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, `${prefix}${process.pid}-${randomBytes(6).toString('hex')}.json`)
  const me = { ...about, pid: process.pid, startTime: startTimeOf(process.pid) }
  const begun = Date.now()
  let tookOver = false
  for (;;) {
    write(file, me)
    const { alive, dead } = listOthers(folder, file)
    tookOver ||= dead > 0
    const [other] = alive
    if (!other) break
    rmSync(file, { force: true })
    const limit = other.stopping ? Math.max(waitMs, stopDeadlineMs) : waitMs
    if (Date.now() - begun > limit) return { heldBy: other }
    await sleep(50 + Math.random() * 100)
  }
  return {
    tookOver,
    /** Tells those who come meanwhile that waiting is worth it. */
    markStopping: () => write(file, { ...me, stopping: true }),
    release: () => rmSync(file, { force: true }),
  }
}
