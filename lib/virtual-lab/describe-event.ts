import type { PlistValue } from 'plist'
import type { LabState } from './lab-state'
import type { LabEvent } from './webhook'
import type { PlistDict } from './wire'
import { isDict, readPlist } from './wire'

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
  return sent?.kind === 'send' ? sent.requestType : commandUuid
}

/** One event in words, for a log; undefined for an Idle, of which there is one a minute. */
export function describeEvent(event: LabEvent, state: LabState): string | undefined {
  const way = wayOf(event)
  if (event.topic !== 'mdm.Connect') return [event.topic.slice(4), ...way].join(', ')
  if (event.commandUuid === undefined) return undefined
  const details = detailsOf(readPlist(Buffer.from(event.payload)))
  const head = `${requestTypeOf(event.commandUuid, state)}: ${event.status}`
  return [head, ...details, ...way].join(', ')
}

/** How often commands reached a device: those that came more than once by name, the others in one line. */
export function describeDeliveries(deliveries: Record<string, number>, state: LabState): string[] {
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
