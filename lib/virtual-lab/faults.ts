import type { Citation } from '@/lib/domain/rules/rule'
import { kmfddm, nanomdm, protocolReference, radar, schema } from './citations'

export const faultIds = [
  'notNow',
  'lowPower',
  'lowSpace',
  'noNetwork',
  'phoneCall',
  'declarationActive',
  'nothingHappens',
  'promptNeverShown',
  'installsWithoutPrompt',
  'replyLate',
  'replyTwice',
  'noUpdateResults',
  'neverReports',
  'replyLost',
  'webhookTwice',
  'webhookLate',
  'clockSkew',
  'statusNotJson',
  'statusHuge',
  'statusUnknown',
  'statusOfAnother',
] as const
export type FaultId = (typeof faultIds)[number]

/** The amount of each fault of a device; 1 for a switch. A fault that is off is absent. */
export type Faults = Partial<Record<FaultId, number>>

/** The accepted amounts of a fault that is not a switch: a whole number in these bounds. */
type FaultAmount = { unit: 'minutes' | 'times'; min: number; max: number; usual: number }

export type Fault = {
  id: FaultId
  where: 'device' | 'reply' | 'webhook'
  title: string
  what: string
  amount?: FaultAmount
  /** Empty if no source reports it: the fault is then the lab's own. */
  cites: readonly Citation[]
}

const minutes = (min: number, max: number, usual: number): FaultAmount => ({
  unit: 'minutes',
  min,
  max,
  usual,
})
const scheduleSchema = schema('system.update.schedule')
const threeDays = 3 * 24 * 60

/** All faults that can be switched on for one virtual device. */
export const faults: readonly Fault[] = [
  {
    id: 'notNow',
    where: 'device',
    title: 'NotNow',
    what: 'The next commands, DeviceInformation excepted, are answered with NotNow; each answer counts.',
    amount: { unit: 'times', min: 1, max: 100, usual: 2 },
    cites: [protocolReference],
  },
  {
    id: 'lowPower',
    where: 'device',
    title: 'Low power',
    what: 'Battery at 5 % and no charger, whatever was set: …InsufficientPower, code 12055 or 12061.',
    cites: [scheduleSchema, protocolReference],
  },
  {
    id: 'lowSpace',
    where: 'device',
    title: 'Low space',
    what: '100 MB free, whatever was set: …InsufficientSpace, code 12054 or 12060.',
    cites: [scheduleSchema, protocolReference],
  },
  {
    id: 'noNetwork',
    where: 'device',
    title: 'No network for updates',
    what: 'MDM gets through, a download does not: DownloadInsufficientNetwork, code 12056.',
    cites: [scheduleSchema, protocolReference],
  },
  {
    id: 'phoneCall',
    where: 'device',
    title: 'Phone call in progress',
    what: 'An install is answered with InstallPhoneCallInProgress and does not start.',
    cites: [scheduleSchema],
  },
  {
    id: 'declarationActive',
    where: 'device',
    title: 'Declaration active',
    what: 'A software-update declaration is in place: ScheduleOSUpdate is ignored, error 103.',
    cites: [scheduleSchema],
  },
  {
    id: 'nothingHappens',
    where: 'device',
    title: 'Acknowledged, nothing happens',
    what: 'ScheduleOSUpdate is answered as if it worked, and the device does nothing. Seen on a Mac.',
    cites: [
      {
        label: 'os_update.md, MicroMDM',
        url: 'https://github.com/micromdm/website/blob/c52bec22/content/blog/os_update.md',
      },
    ],
  },
  {
    id: 'promptNeverShown',
    where: 'device',
    title: 'Prompt never shown',
    what: 'With a passcode: the install is acknowledged, and nobody is asked. No source; the lab’s own.',
    cites: [],
  },
  {
    id: 'installsWithoutPrompt',
    where: 'device',
    title: 'Installs without a prompt',
    what: 'With a passcode: the install begins at once, unannounced. No source; the lab’s own.',
    cites: [],
  },
  {
    id: 'replyLate',
    where: 'reply',
    title: 'Reply late',
    what: 'The device acts at once, cannot deliver its reply, is silent, and delivers it this much later.',
    amount: minutes(1, threeDays, 30),
    cites: [{ label: 'micromdm#506', url: 'https://github.com/micromdm/micromdm/issues/506' }],
  },
  {
    id: 'replyTwice',
    where: 'reply',
    title: 'Reply twice',
    what: 'Each reply is sent to the server twice; on filekv the second one empties the device’s queue.',
    cites: [
      { label: 'micromdm#506', url: 'https://github.com/micromdm/micromdm/issues/506' },
      nanomdm('storage/kv/queue_ll.go'),
    ],
  },
  {
    id: 'noUpdateResults',
    where: 'reply',
    title: 'No UpdateResults',
    what: 'ScheduleOSUpdate is acknowledged without UpdateResults, which Apple’s schema requires.',
    cites: [scheduleSchema],
  },
  {
    id: 'neverReports',
    where: 'reply',
    title: 'Acts, never reports',
    what: 'ScheduleOSUpdate is obeyed and never answered, so the server hands it over at every poll.',
    cites: [radar(40161553, 19740), scheduleSchema],
  },
  {
    id: 'replyLost',
    where: 'webhook',
    title: 'Reply lost',
    what: 'The server takes the reply, and its webhook loses it: one attempt, never repeated.',
    cites: [nanomdm('service/webhook/service.go')],
  },
  {
    id: 'webhookTwice',
    where: 'webhook',
    title: 'Webhook twice',
    what: 'Each webhook body arrives twice, byte for byte, as a proxy that retries would do it.',
    cites: [],
  },
  {
    id: 'webhookLate',
    where: 'webhook',
    title: 'Webhook out of order',
    what: 'Idle and check-ins arrive after what followed them; created_at still tells the order.',
    cites: [nanomdm('service/webhook/service.go')],
  },
  {
    id: 'clockSkew',
    where: 'webhook',
    title: 'Clock skew',
    what: 'created_at of this device’s events is this far off; below zero it is in the past.',
    amount: minutes(-threeDays, threeDays, 180),
    cites: [],
  },
  {
    id: 'statusNotJson',
    where: 'reply',
    title: 'Status report is not JSON',
    what: 'Its reports by declaration are cut off: KMFDDM answers 500, the webhook has them all the same.',
    cites: [kmfddm('http/ddm/ddm.go')],
  },
  {
    id: 'statusHuge',
    where: 'reply',
    title: 'Status report of 5 MB',
    what: 'Its reports by declaration have five million characters more. No source; the lab’s own.',
    cites: [],
  },
  {
    id: 'statusUnknown',
    where: 'reply',
    title: 'Unknown status items',
    what: 'Its reports by declaration have an item of no schema. No source; the lab’s own.',
    cites: [],
  },
  {
    id: 'statusOfAnother',
    where: 'reply',
    title: 'Status of another device',
    what: 'Its reports by declaration give another UDID inside. No source; the lab’s own.',
    cites: [],
  },
]

const byId = new Map(faults.map((fault) => [fault.id, fault]))

function faultOf(id: FaultId): Fault {
  const fault = byId.get(id)
  if (!fault) throw new Error(`the fault ${id} is not described`)
  return fault
}

/** The accepted form of a fault's value, in words. */
export function acceptedAmount(id: FaultId): string {
  const { amount } = faultOf(id)
  if (!amount) return 'true or false'
  return `a whole number of ${amount.unit} from ${amount.min} to ${amount.max}, or false for off`
}

/** The amount that a value sets, 0 for off; undefined if the fault does not accept that value. */
export function readFaultValue(id: FaultId, value: unknown): number | undefined {
  if (value === false || value === 0) return 0
  const { amount } = faultOf(id)
  if (!amount) return value === true ? 1 : undefined
  const fits = typeof value === 'number' && Number.isInteger(value)
  return fits && value >= amount.min && value <= amount.max ? value : undefined
}

export const withFault = (all: Faults, id: FaultId, amount: number): Faults => {
  const { [id]: _before, ...rest } = all
  return amount === 0 ? rest : { ...rest, [id]: amount }
}
