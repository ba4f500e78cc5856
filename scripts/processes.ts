import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Env, localUrl } from '@/lib/env'
import { type Child, smallHeap, startNode, waitUntil } from './children'
import type { Closing } from './closing'
import { startWeb } from './next-build'
import { type Supervision, supervise } from './supervise'

/** The processes that work on the database; any number of each may, on several machines. */
const roles = ['web', 'listener', 'worker'] as const
export type Role = (typeof roles)[number]

type Starting = {
  only?: Role | undefined
  mode: 'production' | 'development'
  env: Env
  closing: Closing
  say(line: string): void
}

const answers = async (url: string) => {
  try {
    await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) })
    return true
  } catch {
    return false // waitUntil has the deadline.
  }
}

/** A send under way has 40 s to end and to be recorded: lib/worker/worker.ts. */
const workerStopMs = 45_000

const startProcess: Record<
  Role,
  (options: Starting, env: NodeJS.ProcessEnv, begin: (child: Child) => void) => Promise<Child>
> = {
  web: async ({ mode, env: settings }, env, begin) => {
    const child = startWeb(mode, env)
    begin(child)
    await waitUntil(child, () => child.output().includes('web server running'), 120_000)
    // The first page is slow; nobody need wait for it.
    await waitUntil(child, () => answers(localUrl(settings)), 120_000)
    return child
  },
  listener: async (_options, env, begin) => {
    const args = [smallHeap, '--import', 'tsx', 'lib/listener/main.ts']
    const child = startNode('The listener', args, env)
    begin(child)
    await waitUntil(child, () => child.output().includes('listener running'), 120_000)
    return child
  },
  worker: async (_options, env, begin) => {
    const args = [smallHeap, '--import', 'tsx', 'lib/worker/main.ts']
    const child = startNode('The worker', args, env, workerStopMs)
    begin(child)
    await waitUntil(child, () => child.output().includes('worker running'), 120_000)
    return child
  },
}

/** The port of a process's metrics: a start of all of them has three in a row. */
const metricsPort = ({ ONEWAY_METRICS_PORT: first }: Env, role: Role, isAlone: boolean) =>
  first === undefined ? '' : String(first + (isAlone ? 0 : roles.indexOf(role)))

/** Starts a process of the lab, restarts it whenever it ends, and stops it with the stack. */
export function keepRole(options: Starting, role: Role, env: NodeJS.ProcessEnv): Promise<void> {
  const ONEWAY_METRICS_PORT = metricsPort(options.env, role, options.only !== undefined)
  return keep(options, (begin) =>
    startProcess[role](options, { ...env, ONEWAY_METRICS_PORT }, begin),
  )
}

/** Starts a process, restarts it whenever it ends, and stops it with the stack. */
export async function keep(
  { say, closing }: Pick<Starting, 'say' | 'closing'>,
  start: Supervision['start'],
): Promise<void> {
  closing.check()
  // Until it is ready, it is not supervised, but must be stopped with the stack too.
  let first: Child | undefined
  closing.add(async () => first?.stop())
  const kept = await supervise({
    start: (begin) =>
      start((child) => {
        first ??= child
        begin(child)
      }),
    say,
  })
  closing.add(kept.stop)
}

/**
 * A socket between listener and web server that only this user can open. Not in the data folder, as the path of a
 * socket has at most 107 bytes.
 */
export function planWebSocket(closing: Closing): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-'))
  closing.add(async () => rmSync(folder, { recursive: true, force: true }))
  return path.join(folder, 'web')
}

/**
 * The process that `--only` names; undefined without it.
 * @throws Error that names the processes
 */
export function onlyRole(args: string[]): Role | undefined {
  const { only } = parseArgs({ args, strict: false, options: { only: { type: 'string' } } }).values
  if (only === undefined) return undefined
  const role = roles.find((one) => one === only)
  if (role === undefined) throw new Error(`--only needs one of ${roles.join(', ')}.`)
  return role
}

/**
 * Refuses to start one process of several without what all of them must share.
 * @throws Error naming each variable
 */
export function demandShared(env: Env): void {
  const needed: [name: string, isGiven: boolean][] = [
    ['DATABASE_URL', env.DATABASE_URL !== undefined],
    ['BETTER_AUTH_SECRET', env.BETTER_AUTH_SECRET !== undefined],
    [
      'ONEWAY_SECRET_KEY or ONEWAY_SECRET_KEY_FILE',
      env.ONEWAY_SECRET_KEY !== undefined || env.ONEWAY_SECRET_KEY_FILE !== undefined,
    ],
  ]
  const missing = needed.flatMap(([name, isGiven]) => (isGiven ? [] : [name]))
  const problems = [
    ...(missing.length > 0
      ? [`--only needs ${missing.join(', ')}: the processes share one database and its keys.`]
      : []),
    ...(env.ONEWAY_DEMO
      ? [
          '--only runs no demo: ONEWAY_DEMO=1 needs npm start without it, which has the virtual lab.',
        ]
      : []),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
}
