import type {
  OfferedUpdate,
  ReadingField,
  ReadingValues,
  UpdateActivity,
} from '@/lib/domain/reading/reading'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import type { Oddity } from './plist/value'

/** The statuses a device documents: https://github.com/apple/device-management/tree/b6202ca/mdm */
export const replyStatuses = [
  'Acknowledged',
  'Error',
  'CommandFormatError',
  'Idle',
  'NotNow',
] as const
export type ReplyStatus = (typeof replyStatuses)[number]

/** One item of an ErrorChain; what the device left out or sent in another type is undefined. */
export type ErrorItem = {
  domain?: string
  code?: number
  /** USEnglishDescription, else LocalizedDescription. */
  text?: string
}

/** What every reply carries. iOS sends no RequestType: a reply is understood by its CommandUUID only. */
export type ReplyHeader = {
  /** Undefined where the device sent no status, or one that no document has. */
  status?: ReplyStatus
  /** The status as sent. */
  statusText?: string
  commandUuid?: string
  udid?: string
  /** Sent by macOS and by simulators; never by iOS. */
  echoedRequestType?: string
  /** Item 0 is the top error, later ones its causes. Empty where there is none. */
  errorChain: ErrorItem[]
  oddities: Oddity[]
}

/** One value the device told, or told in a way that means "unknown" (then with the reason). */
export type ReportedReading = {
  [F in ReadingField]: {
    field: F
    key: string
    value: ReadingValues[F] | undefined
    unknownReason?: string
  }
}[ReadingField]

/** A key that was asked for and is not in the answer. AccessRights below 5168 make keys vanish. */
export type MissingKey = { key: string; field?: ReadingField }

export type DeviceIdentity = {
  udid?: string
  serial?: string
  /** ProductName, e.g. "iPad4,1": joins to Apple's feeds. */
  modelIdentifier?: string
  /** Model, the part number, e.g. "MD786X". */
  model?: string
  modelName?: string
  deviceName?: string
  wifiMac?: string
}

/** One item of OSUpdateStatus. `isDownloaded` is undefined where it was not understood. */
export type UpdateStatusItem = {
  productKey?: string
  isDownloaded?: boolean
  /** 0–1; Apple's key is called DownloadPercentComplete. */
  downloadFraction?: number
  statusText?: string
}

/** One item of UpdateResults. `installAction` may differ from the one asked for, by Apple's own word. */
export type UpdateResult = {
  productKey?: string
  installAction?: string
  statusText?: string
  /** The second ErrorChain: an Error inside an Acknowledged answer. */
  errorChain: ErrorItem[]
}

type ReplyBody =
  | {
      requestType: 'DeviceInformation'
      identity: DeviceIdentity
      awaitingConfiguration?: boolean
      networkTethered?: boolean
    }
  | { requestType: 'SecurityInfo' }
  /** `updates` is undefined where the device did not answer the question. */
  | { requestType: 'AvailableOSUpdates'; updates?: OfferedUpdate[] }
  | { requestType: 'OSUpdateStatus'; items?: UpdateStatusItem[]; activity?: UpdateActivity }
  | { requestType: 'ScheduleOSUpdate'; results?: UpdateResult[] }

/**
 * A reply as far as it can be understood. `readings` is empty unless the device answered the
 * question; a missing key is in `notReported` and makes no reading.
 */
export type Reply = ReplyHeader & {
  readings: ReportedReading[]
  notReported: MissingKey[]
} & ReplyBody

export type ReplyTo<R extends RequestType> = Extract<Reply, { requestType: R }>
