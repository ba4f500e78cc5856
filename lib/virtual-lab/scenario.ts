import { readFileSync } from 'node:fs'
import { compareVersions, version } from '@/lib/domain/device/os-version'
import { enrollmentIdProblem } from '@/lib/mdm/enrollment'
import { actionValues, fitsAction } from './actions'
import { obstacleToFault } from './fault-obstacles'
import { acceptedAmount, faultIds, readFaultValue } from './faults'
import { deviceOfScenario } from './scenario-lab'
import type { Scenario, ScenarioDevice, ScenarioStep } from './scenario-schema'
import { scenarioSchema } from './scenario-schema'
import type { VirtualDevice } from './virtual-device'

export type { Scenario } from './scenario-schema'

type Path = readonly PropertyKey[]
/** A place where a scenario is wrong, and the accepted form. */
type Problem = { path: Path; accepted: string }

const isKeyed = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null

const valueAt = (whole: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (isKeyed(value) ? value[key] : undefined), whole)

const fieldOf = (path: Path) =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '') || 'the scenario'

const shown = (value: unknown) => {
  if (value === undefined) return 'missing'
  const json = JSON.stringify(value)
  return json.length > 60 ? `${json.slice(0, 57)}…` : json
}

/** A problem in one line: the field, its value, and the accepted form. */
const complaint = (whole: unknown, { path, accepted }: Problem) =>
  `${fieldOf(path)} is ${shown(valueAt(whole, path))}; accepted: ${accepted}`

const twins = (values: readonly string[]) =>
  values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []))

const deviceProblems = (device: ScenarioDevice, index: number): Problem[] => {
  const at = (...rest: PropertyKey[]) => ['devices', index, ...rest]
  const { enrollmentId, freeGb, diskGb, osVersion, offers = [], passcode, locked } = device
  const problems: Problem[] = []
  if (enrollmentId !== undefined && enrollmentIdProblem(enrollmentId) !== undefined)
    problems.push({ path: at('enrollmentId'), accepted: 'an ID that can stand in an address' })
  if (freeGb !== undefined && freeGb > (diskGb ?? 64))
    problems.push({
      path: at('freeGb'),
      accepted: 'no more than the disk (diskGb, 64 unless given)',
    })
  if (locked && !passcode)
    problems.push({ path: at('locked'), accepted: 'true only with a passcode' })
  offers.forEach((offer, place) => {
    if (compareVersions(version(offer.version), version(osVersion)) <= 0)
      problems.push({ path: at('offers', place, 'version'), accepted: `newer than ${osVersion}` })
  })
  return [...problems, ...faultProblems(device, index)]
}

const faultProblems = (device: ScenarioDevice, index: number): Problem[] => {
  const bare = deviceOfScenario({ ...device, faults: {} })
  return faultIds.flatMap((id) => {
    const value = device.faults?.[id]
    if (value === undefined) return []
    const amount = readFaultValue(id, value)
    const accepted = amount === undefined ? acceptedAmount(id) : amount && obstacleToFault(bare, id)
    return accepted ? [{ path: ['devices', index, 'faults', id], accepted }] : []
  })
}

const stepProblems = ({ devices }: Scenario, step: ScenarioStep, index: number): Problem[] => {
  if (step.device === undefined) return []
  const at = (key: string) => ['steps', index, key]
  const device = devices.find(({ labTag }) => labTag === step.device)
  if (!device)
    return [
      { path: at('device'), accepted: `one of ${devices.map(({ labTag }) => labTag).join(', ')}` },
    ]
  const { value } = step
  if (step.do === undefined) return []
  const fits = typeof value !== 'boolean' && fitsAction(deviceOfScenario(device), step.do, value)
  return fits
    ? []
    : [{ path: at('value'), accepted: actionValues[step.do]?.accepted ?? 'no value' }]
}

/** Problems across fields: names that must differ or exist, values that depend on others. */
const crossProblems = (scenario: Scenario): Problem[] => {
  const { devices, steps = [] } = scenario
  const ids = devices.map((device) => deviceOfScenario(device).enrollmentId)
  const sameTag = twins(devices.map(({ labTag }) => labTag))
  return [
    ...sameTag.map((index) => ({
      path: ['devices', index, 'labTag'],
      accepted: 'a lab tag no other device has',
    })),
    ...twins(ids)
      .filter((index) => !sameTag.includes(index))
      .map((index) => ({
        path: ['devices', index, 'enrollmentId'],
        accepted: 'an ID no other device has',
      })),
    ...devices.flatMap(deviceProblems),
    ...steps.flatMap((step, index) => stepProblems(scenario, step, index)),
  ]
}

/** Reads a scenario from its JSON; gives all complaints at once, each with its field and the accepted form. */
export function readScenario(json: string): Scenario | { complaints: string[] } {
  let given: unknown
  try {
    given = JSON.parse(json)
  } catch (error) {
    return {
      complaints: [`the scenario is not JSON: ${error instanceof Error ? error.message : error}`],
    }
  }
  const read = scenarioSchema.safeParse(given)
  const problems = read.success
    ? crossProblems(read.data)
    : read.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({ path: [...issue.path, key], accepted: 'no such field' }))
          : [{ path: issue.path, accepted: issue.message }],
      )
  if (problems.length > 0 || !read.success)
    return { complaints: problems.map((problem) => complaint(given, problem)) }
  return read.data
}

/** Reads one device in the form that it has in a scenario; the complaints name its fields. */
export function readScenarioDevice(given: unknown): VirtualDevice | { complaints: string[] } {
  const alone = { version: 1, title: 'one device', seed: 'one device', devices: [given] }
  const read = readScenario(JSON.stringify(alone))
  if ('complaints' in read)
    return { complaints: read.complaints.map((one) => one.replace(/^devices\[0\]\.?/, '')) }
  const [device] = read.devices
  return device ? deviceOfScenario(device) : { complaints: ['the device is missing'] }
}

/** Reads a scenario file. Throws if there is none; problems in its content are complaints. */
export const readScenarioFile = (file: string) => readScenario(readFileSync(file, 'utf8'))
