import { createClock } from './clock'
import type { LabEnvironment } from './environment'
import { createLab } from './lab'
import type { LabState } from './lab-state'
import { freshState, loadState, saveState } from './lab-state'
import { createNanomdmServer } from './nanomdm-server'
import type { Scenario } from './scenario'
import { originOf } from './scenario-lab'
import { createWebhook } from './webhook'

export type RunningLab = { url: string; stop(): Promise<void> }

type Log = (line: string) => void

/** Real ms after which the time that passed is kept, so that a crash loses no more of it. */
const keepEveryMs = 5_000
/** A timer of Node holds 2^31 − 1 ms; waking up once a minute costs nothing. */
const longestSleepMs = 60_000

const sender = ({ webhookUrl, hmacKey }: LabEnvironment, log: Log) => {
  if (webhookUrl === undefined) return () => undefined
  const webhook = createWebhook({ url: webhookUrl, hmacKey, realNow: Date.now, log })
  return (event: Parameters<typeof webhook>[0]) => void webhook(event)
}

const startingState = ({ seed, storage }: LabEnvironment, scenario: Scenario | undefined) =>
  freshState(seed, 0, scenario ? originOf(scenario) : storage)

const tellWhatIsKept = (state: LabState, { seed, storage }: LabEnvironment, log: Log) => {
  if (state.seed !== seed) log(`the kept devices go on with their seed ${state.seed}`)
  if (!state.origin && state.store.kind !== storage)
    log(`the kept server goes on with its storage ${state.store.kind}`)
}

/** Starts the lab: loads or fills its state, listens, and keeps its time running until `stop`. */
export async function runLab(
  environment: LabEnvironment,
  log: Log,
  scenario?: Scenario,
): Promise<RunningLab> {
  const { stateFolder, speed, host, port, apiKey, certificateHeader } = environment
  const kept = loadState(stateFolder)
  if (kept) tellWhatIsKept(kept, environment, log)
  const state = kept ?? startingState(environment, scenario)
  const lab = createLab(state, {
    clock: createClock(Date.now, state.at, speed),
    send: sender(environment, log),
    save: (changed) => saveState(stateFolder, changed),
  })

  let timer: NodeJS.Timeout | undefined
  const wake = () => {
    clearTimeout(timer)
    lab.advance()
    const sleep = Math.min(longestSleepMs, lab.clock.realMsUntil(lab.nextDueAt()))
    timer = setTimeout(wake, sleep)
  }
  const server = createNanomdmServer(lab, apiKey, { certificateHeader, onRequest: wake, log })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  lab.enrolOnce()
  lab.keep()
  wake()
  const keeper = setInterval(() => lab.keep(), keepEveryMs)

  const address = server.address()
  const listening = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    stop: async () => {
      clearTimeout(timer)
      clearInterval(keeper)
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      // A request that was still being answered may have set it again.
      clearTimeout(timer)
      lab.keep()
    },
  }
}
