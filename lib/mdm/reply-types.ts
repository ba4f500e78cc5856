import type {
  OfferedUpdate,
  ReadingField,
  ReadingValues,
  UpdateActivity,
} from '@/lib/domain/reading/reading'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import type { Oddity } from './plist/value'

/** The documented statuses of a reply: https://github.com/apple/device-management/tree/b6202ca/mdm */
export const replyStatuses = [
  'Acknowledged',
  'Error',
  'CommandFormatError',
  'Idle',
  'NotNow',
] as const
export type ReplyStatus = (typeof replyStatuses)[number]

/** One item of an ErrorChain; a field that the device left out or sent in another type is undefined. */
export type ErrorItem = {
  domain?: string
  code?: number
  /** USEnglishDescription, or else LocalizedDescription. */
  text?: string
}

/** What every reply has. iOS sends no RequestType, so only the CommandUUID says which command was answered. */
export type ReplyHeader = {
  /** Undefined if the device sent no status, or an undocumented one. */
  status?: ReplyStatus
  /** The status as sent. */
  statusText?: string
  commandUuid?: string
  udid?: string
  /** Sent by macOS and by simulators; never by iOS. */
  echoedRequestType?: string
  /** Item 0 is the top error, later ones are its causes. */
  errorChain: ErrorItem[]
  oddities: Oddity[]
}

/** One value that the device reported; undefined, with the reason, if it was not understood or means "unknown". */
export type ReportedReading = {
  [F in ReadingField]: {
    field: F
    key: string
    value: ReadingValues[F] | undefined
    unknownReason?: string
  }
}[ReadingField]

/** A key that was queried and is missing from the answer. With AccessRights below 5168 keys are left out. */
export type MissingKey = { key: string; field?: ReadingField }

export type DeviceIdentity = {
  udid?: string
  serial?: string
  /** ProductName, e.g. "iPad4,1", by which Apple's feeds name devices. */
  modelIdentifier?: string
  /** Model, the part number, e.g. "MD786X". */
  model?: string
  modelName?: string
  deviceName?: string
  wifiMac?: string
  /** Not asked for; some devices tell them, and an answer of another device is known by them. */
  imei?: string
  meid?: string
}

/** One item of OSUpdateStatus. `isDownloaded` is undefined if it was missing or not understood. */
export type UpdateStatusItem = {
  productKey?: string
  isDownloaded?: boolean
  /** 0–1; Apple's key is called DownloadPercentComplete. */
  downloadFraction?: number
  statusText?: string
}

/** One item of UpdateResults. By Apple's documentation `installAction` may differ from the one that was sent. */
export type UpdateResult = {
  productKey?: string
  installAction?: string
  statusText?: string
  /** An ErrorChain of the item: an error inside an Acknowledged answer. */
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
  /** `updates` is undefined if the device did not answer the query. */
  | { requestType: 'AvailableOSUpdates'; updates?: OfferedUpdate[] }
  | { requestType: 'OSUpdateStatus'; items?: UpdateStatusItem[]; activity?: UpdateActivity }
  | { requestType: 'ScheduleOSUpdate'; results?: UpdateResult[] }

/**
 * A reply as far as it can be understood. `readings` is empty unless the device answered the query; a missing key
 * is in `notReported` and not in `readings`.
 */
export type Reply = ReplyHeader & {
  readings: ReportedReading[]
  notReported: MissingKey[]
} & ReplyBody

export type ReplyTo<R extends RequestType> = Extract<Reply, { requestType: R }>
