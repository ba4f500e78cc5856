// Plain JavaScript without dependencies: runs on the machine's Node before anything is installed.
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

// One owner per folder, however many processes try at once, and nothing to clean up after `kill -9`. Not an
// advisory lock, because npm's install runs before there is a PostgreSQL. Not a socket, whose path is limited
// to 107 bytes. Every contender writes a file of its own, then looks for others: of two at once, at least one
// looks after the other has written, so never do both own the folder. A file whose process has ended is
// ignored; its name is never used again, so anybody may delete it.

const prefix = 'lock-'
const deadlineMs = 400
const stopDeadlineMs = 20_000

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// A PID may be reused after its process has ended; PID and start time together are unique.
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
    return undefined // Its owner has just removed it.
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
 * Makes this process the only owner of a folder until it releases it or ends.
 * @param {string} folder created if absent, mode 0700
 * @param {Record<string, unknown>} about shown to processes that are refused
 * @param {{ waitMs?: number }} options how long to wait for another owner; default 400 ms
 * @returns the owner's handle (`tookOver`: the previous owner ended without releasing it), or `{ heldBy }`
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
    /** Lets new contenders wait for this owner to stop. */
    markStopping: () => write(file, { ...me, stopping: true }),
    release: () => rmSync(file, { force: true }),
  }
}
