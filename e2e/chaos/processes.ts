import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { FromProcess, ToProcess } from './process'

const script = path.join(import.meta.dirname, 'process.ts')

export type Role = 'worker' | 'web' | 'people'

export type Member = {
  role: Role
  child: ChildProcess
  /** Of a `web`; otherwise 0. */
  port: number
  isAlive(): boolean
  send(message: ToProcess): void
  kill(): void
}

/** Starts one process of the program and waits until it is ready. */
export async function startMember(role: Role, databaseUrl: string): Promise<Member> {
  const child = fork(script, [role], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, DATABASE_URL: databaseUrl, NODE_ENV: 'test', LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ready = await nextMessage(child)
  const isAlive = () => child.exitCode === null && child.signalCode === null
  return {
    role,
    child,
    port: 'ready' in ready ? ready.port : 0,
    isAlive,
    // Sending to a process that has just died may fail.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** @throws Error if the process ends before its next message */
export async function nextMessage(child: ChildProcess): Promise<FromProcess> {
  const ended = new AbortController()
  const message = once(child, 'message', { signal: ended.signal })
  const exit = once(child, 'exit', { signal: ended.signal }).then(() => undefined)
  const first = await Promise.race([message, exit])
  message.catch(() => undefined)
  exit.catch(() => undefined)
  ended.abort()
  if (!first) throw new Error('a process of the program ended without a message')
  // Its messages are typed in process.ts.
  return first[0] as FromProcess
}

/** Starts two workers and two web servers on one database, and restarts those that die. */
export async function startProcesses(databaseUrl: string) {
  const members = await Promise.all(
    (['worker', 'worker', 'web', 'web'] as const).map((role) => startMember(role, databaseUrl)),
  )
  const restarting = new Set<Promise<void>>()
  let closing = false

  const replace = (index: number, role: Role) => {
    const again = startMember(role, databaseUrl).then((member) => {
      members[index] = member
      watch(member, index)
      if (closing) member.kill()
    })
    restarting.add(again)
    void again.finally(() => restarting.delete(again))
  }
  const watch = (member: Member, index: number) => {
    const died = () => void (closing || replace(index, member.role))
    if (member.isAlive()) member.child.once('exit', died)
    else died()
  }
  for (const [index, member] of members.entries()) watch(member, index)

  return {
    alive: (role: Role) => members.filter((one) => one.role === role && one.isAlive()),
    /** Resolves when every process that died is running again. */
    allRestarted: async () => {
      while (restarting.size > 0) await Promise.all(restarting)
    },
    close: async () => {
      closing = true
      await Promise.allSettled(restarting)
      for (const member of members) member.kill()
    },
  }
}
export type Processes = Awaited<ReturnType<typeof startProcesses>>
