import type { PlistValue } from 'plist'
import { z } from 'zod'
import { createClock } from './clock'
import { createLab } from './lab'
import { freshState, type LabState } from './lab-state'
import type { Scenario } from './scenario'
import { originOf } from './scenario-lab'
import type { LabEvent } from './webhook'
import { isDict, type PlistDict, readPlist } from './wire'

export type Rehearsal = { lines: string[]; state: LabState }

const minuteMs = 60_000
/** Every rehearsal begins on this day. */
const firstDay = Date.UTC(2026, 8, 30)
/** How long a scenario without an end continues after its last step, enough for an update without a person. */
const afterLastStep = 60

const endOf = ({ endsAt, steps = [] }: Scenario) =>
  (endsAt ?? Math.max(0, ...steps.map(({ at }) => at)) + afterLastStep) * minuteMs

const stamp = (at: number) => {
  const seconds = Math.floor(at / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** The state whose changes are logged; only a person at the device would see it. */
const looksOf = (state: LabState) =>
  Object.values(state.devices).map(({ labTag, osVersion, osBuild, update, online }) => ({
    labTag,
    look: `${online ? '' : 'offline, '}${update?.phase ?? `at rest on ${osVersion} (${osBuild})`}`,
  }))

/**
 * Plays a whole scenario on a clock that jumps from one event to the next: hours of the lab take well under a second.
 * The same scenario always gives the same lines.
 */
export function rehearse(scenario: Scenario): Rehearsal {
  const lines: string[] = []
  let real = 0
  const say = (labTag: string, words: string) =>
    void lines.push(`${stamp(real)}  ${labTag}  ${words}`)
  const lab = createLab(freshState(scenario.seed, 0, originOf(scenario)), {
    clock: createClock(
      () => real,
      0,
      1,
      (at) => firstDay + at,
    ),
    send: (event) => {
      const words = describeEvent(event, lab.state())
      if (words !== undefined) say(lab.state().devices[event.enrollmentId]?.labTag ?? '?', words)
    },
    save: () => undefined,
  })
  const noteLooks = (action: () => void) => {
    const before = looksOf(lab.state())
    action()
    looksOf(lab.state()).forEach(({ labTag, look }, index) => {
      if (look !== before[index]?.look) say(labTag, `· ${look}`)
    })
  }
  lab.enrolOnce()
  const end = endOf(scenario)
  for (let due = lab.nextDueAt(); due <= end; due = lab.nextDueAt()) {
    real = Math.max(real, due)
    noteLooks(lab.advance)
  }
  for (const { labTag, deliveries } of Object.values(lab.state().devices))
    for (const words of describeDeliveries(deliveries, lab.state())) say(labTag, `· ${words}`)
  return { lines, state: lab.state() }
}

const dictsIn = (value: PlistValue | undefined): PlistDict[] =>
  Array.isArray(value) ? value.filter((item) => isDict(item)) : []

const codesIn = (value: PlistValue | undefined) =>
  dictsIn(value).map(({ ErrorCode }) => String(ErrorCode))

const resultOf = ({ InstallAction, Status, ErrorChain }: PlistDict) =>
  [String(InstallAction), String(Status), ...codesIn(ErrorChain)].join(' ')

const statusOf = ({ Status, IsDownloaded, DownloadPercentComplete }: PlistDict) =>
  `${String(Status)}, downloaded ${String(IsDownloaded)}, ${String(DownloadPercentComplete)}`

const offerOf = ({ Version, Build }: PlistDict) => `${String(Version)} (${String(Build)})`

const detailsOf = (reply: PlistDict): string[] => [
  ...(reply.ErrorChain === undefined ? [] : [codesIn(reply.ErrorChain).join(' + ')]),
  ...dictsIn(reply.UpdateResults).map(resultOf),
  ...dictsIn(reply.OSUpdateStatus).map(statusOf),
  ...dictsIn(reply.AvailableOSUpdates).map(offerOf),
]

const wayOf = ({ habit }: LabEvent) =>
  [
    habit?.twice ? 'arrives twice' : '',
    habit?.overtaken ? 'arrives late' : '',
    habit?.skewMs ? `clock ${habit.skewMs / 60_000} min off` : '',
  ].filter(Boolean)

const requestTypeOf = (commandUuid: string, { origin }: LabState): string => {
  const actions = (origin?.script ?? []).flatMap((step) => ('action' in step ? [step.action] : []))
  const sent = actions.find(
    (action) => action.kind === 'send' && action.commandUuid === commandUuid,
  )
  // What the script does not send, KMFDDM does.
  return sent?.kind === 'send' ? sent.requestType : 'DeclarativeManagement'
}

const report = z.object({
  StatusItems: z.object({
    management: z
      .object({
        declarations: z.object({ configurations: z.array(z.object({ valid: z.string() })) }),
      })
      .partial()
      .optional(),
    softwareupdate: z.record(z.string(), z.unknown()).optional(),
    device: z
      .object({ 'operating-system': z.record(z.string(), z.unknown()) })
      .partial()
      .optional(),
  }),
})

const jsonIn = (data: PlistValue | undefined): unknown => {
  try {
    return data instanceof Uint8Array ? JSON.parse(Buffer.from(data).toString('utf8')) : undefined
  } catch {
    return undefined
  }
}

/** What a declarative check-in asks for, or what it reports. */
const declarativeWords = (payload: string | Uint8Array): string[] => {
  const { Endpoint, Data } = readPlist(Buffer.from(payload))
  if (Endpoint !== 'status') return [`asks for ${String(Endpoint)}`]
  const items = report.safeParse(jsonIn(Data)).data?.StatusItems
  if (!items) return ['reports what is not as documented']
  const states = items.management?.declarations?.configurations.map(({ valid }) => valid) ?? []
  const update = Object.entries(items.softwareupdate ?? {}).flatMap(([name, value]) =>
    name === 'device-id' || value === '' ? [] : [`${name} ${JSON.stringify(value)}`],
  )
  const build = items.device?.['operating-system']?.['build-version']
  return [
    'reports',
    ...(states.length > 0 ? [`configurations ${states.join(' ')}`] : []),
    ...update,
    ...(build === undefined ? [] : [`build ${String(build)}`]),
  ]
}

/** One event in words, for a log; undefined for an Idle, of which there is one a minute. */
function describeEvent(event: LabEvent, state: LabState): string | undefined {
  const way = wayOf(event)
  if (event.topic === 'mdm.DeclarativeManagement')
    return [...declarativeWords(event.payload), ...way].join(', ')
  if (event.topic !== 'mdm.Connect') return [event.topic.slice(4), ...way].join(', ')
  if (event.commandUuid === undefined) return undefined
  const details = detailsOf(readPlist(Buffer.from(event.payload)))
  const head = `${requestTypeOf(event.commandUuid, state)}: ${event.status}`
  return [head, ...details, ...way].join(', ')
}

/** How often commands reached a device: those that came more than once by name, the others as one number. */
function describeDeliveries(deliveries: Record<string, number>, state: LabState): string[] {
  const all = Object.entries(deliveries)
  const repeated = all.filter(([, times]) => times > 1)
  const once = all.length - repeated.length
  return [
    ...(once === 0 ? [] : [`${once} ${once === 1 ? 'command' : 'commands'} reached it once`]),
    ...repeated.map(
      ([uuid, times]) => `${requestTypeOf(uuid, state)} ${uuid} reached it ${times} times`,
    ),
  ]
}
