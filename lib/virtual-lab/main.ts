import { fstatSync } from 'node:fs'
import { createClock } from './clock'
import { type LabEnvironment, readEnvironment } from './environment'
import { createLab } from './lab'
import { freshState, type LabState, loadState, saveState } from './lab-state'
import { createNanomdmServer } from './nanomdm-server'
import { readScenarioFile, type Scenario } from './scenario'
import { originOf } from './scenario-lab'
import { createWebhook } from './webhook'

type RunningLab = { url: string; stop(): Promise<void> }

type Log = (line: string) => void

/** Real ms between two saves of the lab's time, which is as much as a crash can lose. */
const keepEveryMs = 5_000
/** Below the 2^31 − 1 ms that a Node timer can hold; waking up once a minute costs nothing. */
const maxSleepMs = 60_000

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
    const sleep = Math.min(maxSleepMs, lab.clock.realMsUntil(lab.nextDueAt()))
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
      // A request answered meanwhile may have started the timer again.
      clearTimeout(timer)
      lab.keep()
    },
  }
}

const log = (line: string) => console.error(`virtual lab: ${line}`)

const isPipe = () => {
  const input = fstatSync(0)
  return input.isFIFO() || input.isSocket()
}

/** Ends the process with its parent: by the IPC channel if there is one, or else by the pipe on stdin. */
const whenParentGoes = (end: () => void) => {
  if (process.connected) process.on('disconnect', end)
  else if (isPipe()) process.stdin.on('end', end).on('error', end).resume()
}

const endWith = (lab: RunningLab) => {
  let ending = false
  return () => {
    if (ending) return
    ending = true
    lab.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
}

const refuse = (complaints: readonly string[]) => {
  for (const complaint of complaints) log(complaint)
  process.exitCode = 2
}

const findScenario = (file: string | undefined) => {
  if (!file) return undefined
  try {
    return readScenarioFile(file)
  } catch (error) {
    return { complaints: [`VIRTUAL_LAB_SCENARIO is "${file}": ${String(error)}`] }
  }
}

async function main() {
  const scenario = findScenario(process.env.VIRTUAL_LAB_SCENARIO)
  if (scenario && 'complaints' in scenario) return refuse(scenario.complaints)
  const environment = readEnvironment(process.env, scenario)
  if ('complaints' in environment) return refuse(environment.complaints)
  const lab = await runLab(environment, log, scenario)
  const end = endWith(lab)
  process.on('SIGTERM', end).on('SIGINT', end)
  whenParentGoes(end)
  console.log(`virtual lab listening on ${lab.url}`)
}

main().catch((error: unknown) => {
  const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  log(inUse ? `${error.message}: choose another VIRTUAL_LAB_PORT` : String(error))
  process.exit(1)
})
