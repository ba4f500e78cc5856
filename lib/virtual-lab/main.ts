import { fstatSync } from 'node:fs'
import { readEnvironment } from './environment'
import type { RunningLab } from './run-lab'
import { runLab } from './run-lab'
import { readScenarioFile } from './scenario'

const log = (line: string) => console.error(`virtual lab: ${line}`)

const isPipe = () => {
  const input = fstatSync(0)
  return input.isFIFO() || input.isSocket()
}

/** Ends with its parent: by the IPC channel where there is one, else by the pipe on stdin. A terminal or /dev/null ends nothing. */
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
