import { z } from 'zod'
import type { Platform } from '@/lib/domain/device/device'
import { atLeast, version } from '@/lib/domain/device/os-version'
import { calendarOf, type Moment, type VirtualDevice } from '../virtual-device'
import { pursue } from './pursue'
import { type DeclarativeState, freshDeclarative, type HeldDeclaration } from './state'
import { nested, statusItems, unsupportedItems } from './status-items'

/** One declarative check-in and its answer; a transport carries them. */
export type Ask = { endpoint: string; data?: string }
export type Answer = { status: number; body: string }

/** The first OS with declarative management: Apple's schema, declarativemanagement.yaml at b6202ca. */
const introduced: Record<Platform, string> = { iOS: '15', iPadOS: '15', tvOS: '16' }

export const knowsDeclarations = ({ platform, osVersion }: VirtualDevice): boolean =>
  atLeast(version(osVersion), introduced[platform])

/** The command DeclarativeManagement: there is something to fetch. */
export const notified = (device: VirtualDevice): VirtualDevice => ({
  ...device,
  declarative: { ...(device.declarative ?? freshDeclarative), owesSync: true },
})

const item = z.object({ Identifier: z.string(), ServerToken: z.string() })
const tokens = z.object({ SyncTokens: z.object({ DeclarationsToken: z.string() }) })
const items = z.object({
  Declarations: z.object({
    Activations: z.array(item),
    Assets: z.array(item),
    Configurations: z.array(item),
    Management: z.array(item),
  }),
  DeclarationsToken: z.string(),
})

const read = <T>(schema: z.ZodType<T>, { status, body }: Answer): T | undefined => {
  if (status !== 200) return undefined
  try {
    return schema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

type Talk<T> = Generator<Ask, T, Answer>
type Listed = { kind: HeldDeclaration['kind']; identifier: string; serverToken: string }

const listedIn = ({ Declarations }: z.infer<typeof items>): Listed[] =>
  (
    [
      ['configuration', Declarations.Configurations],
      ['activation', Declarations.Activations],
      ['asset', Declarations.Assets],
      ['management', Declarations.Management],
    ] as const
  ).flatMap(([kind, list]) =>
    list.map(({ Identifier, ServerToken }) => ({
      kind,
      identifier: Identifier,
      serverToken: ServerToken,
    })),
  )

/** Fetches what is new. A declaration that the server does not give is asked for again at the next contact. */
function* fetchAll(
  before: DeclarativeState,
  listed: readonly Listed[],
  moment: Moment,
): Talk<HeldDeclaration[]> {
  const held: HeldDeclaration[] = []
  for (const one of listed) {
    const known = before.held.find(
      ({ identifier, serverToken }) =>
        identifier === one.identifier && serverToken === one.serverToken,
    )
    const answer = known
      ? undefined
      : yield { endpoint: `declaration/${one.kind}/${one.identifier}` }
    if (known) held.push(known)
    else if (answer?.status === 200)
      held.push({ ...one, json: answer.body, arrivedAt: moment.at, arrivedMs: calendarOf(moment) })
  }
  return held
}

function* synchronize(device: VirtualDevice, moment: Moment): Talk<VirtualDevice> {
  const before = device.declarative
  if (!before?.owesSync) return device
  const current = read(tokens, yield { endpoint: 'tokens' })
  if (!current) return device
  if (current.SyncTokens.DeclarationsToken === before.token)
    return { ...device, declarative: { ...before, owesSync: false } }
  const found = read(items, yield { endpoint: 'declaration-items' })
  if (!found) return device
  const listed = listedIn(found)
  const held = yield* fetchAll(before, listed, moment)
  const isWhole = held.length === listed.length
  const token = isWhole ? found.DeclarationsToken : undefined
  return pursue({ ...device, declarative: { ...before, token, held, owesSync: !isWhole } }, moment)
}

const dayMs = 24 * 3_600_000

/** A report as a fault changes it; what the device believes to have reported stays the same. */
const asFaulty = (device: VirtualDevice, json: string): string => {
  const { statusNotJson, statusHuge, statusUnknown, statusOfAnother } = device.faults
  if (statusNotJson) return json.slice(0, -2)
  if (statusHuge) return `${json.slice(0, -1)},"Padding":"${'x'.repeat(5_000_000)}"}`
  if (statusUnknown)
    return json.replace(
      '"StatusItems":{',
      '"StatusItems":{"laboratory":{"unheard-of":[1,{"a":null}]},',
    )
  return statusOfAnother ? json.replaceAll(device.enrollmentId, '0'.repeat(40)) : json
}

/** The key of errors among the items that were reported; no item has such a name. */
const errorsKey = 'Errors'

/** The report that is due: everything at first and once a day, else what has changed. */
const dueReport = (device: VirtualDevice, moment: Moment) => {
  const { declarative } = device
  if (!declarative || declarative.token === undefined) return undefined
  const all = statusItems(device, moment)
  const errors = unsupportedItems(device, moment)
  const texts: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries(all).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    ...(errors.length > 0 && { [errorsKey]: JSON.stringify(errors) }),
  }
  const { reported, fullReportAt } = declarative
  const isFull = fullReportAt === undefined || moment.at - fullReportAt >= dayMs
  const changed = Object.entries(all).filter(([name]) => isFull || texts[name] !== reported[name])
  const hasNewErrors = errors.length > 0 && texts[errorsKey] !== reported[errorsKey]
  if (changed.length === 0 && !hasNewErrors) return undefined
  const report = {
    StatusItems: nested(Object.fromEntries(changed)),
    Errors: isFull || hasNewErrors ? errors : [],
    ...(isFull && atLeast(version(device.osVersion), '17') && { FullReport: true }),
  }
  const after = { ...declarative, reported: texts, ...(isFull && { fullReportAt: moment.at }) }
  return {
    data: asFaulty(device, JSON.stringify(report)),
    device: { ...device, declarative: after },
  }
}

/** All that a device has to say to the server of declarations now; a report that is refused is sent again later. */
export function* converse(before: VirtualDevice, moment: Moment): Talk<VirtualDevice> {
  const device = yield* synchronize(before, moment)
  const due = dueReport(device, moment)
  if (!due) return device
  const { status } = yield { endpoint: 'status', data: due.data }
  return status === 200 ? due.device : device
}
