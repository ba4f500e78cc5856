// The virtual lab alone, without the app: `npm run lab -- --help`.
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createAgainst } from '@/lib/virtual-lab/against'
import { createClock } from '@/lib/virtual-lab/clock'
import { readEnvironment } from '@/lib/virtual-lab/environment'
import { rehearse } from '@/lib/virtual-lab/rehearse'
import { readScenarioFile, type Scenario } from '@/lib/virtual-lab/scenario'
import { readPlace } from './database'
import { type LabArguments, labUsage, readLabArguments } from './lab-arguments'
import { readSecrets } from './secrets'

const refuse = (...lines: string[]): never => {
  for (const line of lines) console.error(line)
  process.exit(2)
}

const readFileOrRefuse = <T>(file: string, read: (file: string) => T): T => {
  try {
    return read(file)
  } catch (error) {
    return refuse(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

const scenarioOf = ({ scenario: file = '', seed }: LabArguments): Scenario => {
  const read = readFileOrRefuse(file, readScenarioFile)
  if ('complaints' in read) return refuse(...read.complaints.map((line) => `${file}: ${line}`))
  return seed === undefined ? read : { ...read, seed }
}

/** Options override the environment, which overrides the scenario. */
const setEnvironment = ({ speed, seed, storage, scenario }: LabArguments) => {
  const given = {
    VIRTUAL_LAB_SPEED: speed,
    VIRTUAL_LAB_SEED: seed,
    VIRTUAL_LAB_STORAGE: storage,
    VIRTUAL_LAB_SCENARIO: scenario && path.resolve(scenario),
  }
  for (const [name, value] of Object.entries(given)) if (value) process.env[name] = value
}

const serve = async (given: LabArguments) => {
  if (given.scenario !== undefined) scenarioOf(given)
  setEnvironment(given)
  const { dataDir } = readPlace()
  const secrets = readSecrets(dataDir)
  // Not the folder of the app's virtual lab. A scenario starts from its beginning each time.
  const folder = given.scenario === undefined ? 'virtual-lab-alone' : 'virtual-lab-scenario'
  if (given.scenario !== undefined && !process.env.VIRTUAL_LAB_STATE)
    rmSync(path.join(dataDir, folder), { recursive: true, force: true })
  process.env.VIRTUAL_LAB_STATE ||= path.join(dataDir, folder)
  process.env.VIRTUAL_LAB_API_KEY ||= secrets.virtualLabApiKey
  process.env.VIRTUAL_LAB_HMAC_KEY ||= secrets.virtualLabHmacKey
  console.log(`API user nanomdm; its password and the webhook's key are in ${dataDir}/secrets.json`)
  await import('@/lib/virtual-lab/main')
}

const tickMs = 200

const runAgainst = async (given: LabArguments, scenario: Scenario) => {
  setEnvironment(given)
  const needed = { VIRTUAL_LAB_STATE: '-', VIRTUAL_LAB_API_KEY: '-' }
  const environment = readEnvironment({ ...process.env, ...needed }, scenario)
  if ('complaints' in environment) return refuse(...environment.complaints)
  const { certificates = '', against = '', certificateHeader, apiKey } = given
  const clock = createClock(Date.now, 0, environment.speed)
  const lab = createAgainst({
    url: against,
    scenario: { ...scenario, seed: environment.seed },
    certificateHeader,
    certificateOf: (labTag) =>
      readFileOrRefuse(path.join(certificates, `${labTag}.pem`), (file) =>
        readFileSync(file, 'utf8'),
      ),
    apiKey,
    now: clock.now,
    log: (labTag, words) =>
      console.log(`${Math.floor(clock.now() / 60_000)} min  ${labTag}  ${words}`),
  })
  await lab.enrol()
  const end = (scenario.endsAt ?? Number.POSITIVE_INFINITY) * 60_000
  while (clock.now() <= end) {
    await lab.tick()
    await new Promise((resolve) => setTimeout(resolve, tickMs))
  }
}

async function main() {
  const given = readLabArguments(process.argv.slice(2))
  if ('complaint' in given) return refuse(given.complaint, '', labUsage)
  if (given.mode === 'help') return console.log(labUsage)
  if (given.mode === 'serve') return serve(given)
  const scenario = scenarioOf(given)
  if (given.mode === 'against') return runAgainst(given, scenario)
  console.log(
    given.mode === 'check'
      ? `${scenario.title}: ${scenario.devices.length} devices, ${scenario.steps?.length ?? 0} steps`
      : rehearse(scenario).lines.join('\n'),
  )
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
