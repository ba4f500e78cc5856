import type { WireDict } from './wire'

/**
 * Codes and meanings of MCMDMErrorDomain: the archived MDM Protocol Reference of 2018,
 * https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference. Which code a device
 * picks in which state is not public for most of them; the choice here is the lab's.
 */
const meanings = {
  12008: 'The request is malformed.',
  12048: 'No update is available.',
  12051: 'The update download is already in progress.',
  12052: 'The update download is already complete.',
  12054: 'There is not enough space to download the update.',
  12055: 'There is not enough power to download the update.',
  12056: 'The network does not allow the update to be downloaded.',
  12058: 'An update installation is in progress.',
  12059: 'The update must be downloaded before it is installed.',
  12060: 'There is not enough space to install the update.',
  12061: 'There is not enough power to install the update.',
} as const
export type MdmErrorCode = keyof typeof meanings

type ErrorItem = { domain: string; code: number; text: string; english?: boolean }

const chainOf = (items: ErrorItem[]): WireDict[] =>
  items.map(({ domain, code, text, english }) => ({
    ErrorCode: code,
    ErrorDomain: domain,
    LocalizedDescription: text,
    USEnglishDescription: english ? text : undefined,
  }))

const mdmChain = (code: MdmErrorCode) =>
  chainOf([{ domain: 'MCMDMErrorDomain', code, text: meanings[code], english: true }])

const refused = (items: ErrorItem[]): WireDict => ({ Status: 'Error', ErrorChain: chainOf(items) })

export const acknowledged = (answer: WireDict): WireDict => ({ ...answer, Status: 'Acknowledged' })

export const notNow: WireDict = { Status: 'NotNow' }

/** Without an ErrorChain, as on iOS (cmdmnt/commandment testdata, iOS 11.3.1). */
export const commandFormatError: WireDict = { Status: 'CommandFormatError' }

export const mdmError = (code: MdmErrorCode): WireDict => ({
  Status: 'Error',
  ErrorChain: mdmChain(code),
})

/** Wording: cmdmnt/commandment testdata, `Errors/error_invalid_request_type.plist`. */
export function invalidRequestType(requestType: string): WireDict {
  const text = `“${requestType}” is not a valid request type.`
  return refused([{ domain: 'MCMDMErrorDomain', code: 12021, text, english: true }])
}

/** From iOS 11.3: cmdmnt/commandment testdata, `Errors/iOS-11.3.1-AvailableOSUpdatesFailure.xml`. */
export const nothingAvailable: WireDict = refused([
  { domain: 'DeviceManagement.error', code: 2213, text: 'No update available.' },
  {
    domain: 'com.apple.softwareupdateservices.errors',
    code: 3,
    text: 'The operation couldn’t be completed. (com.apple.softwareupdateservices.errors error 3.)',
  },
])

/** Domain and code: a decompiled SoftwareUpdateServices framework. The wording is invented. */
export const declarationInPlace: WireDict = refused([
  {
    domain: 'com.apple.softwareupdateservices.errors',
    code: 103,
    text: 'The update command was rejected because a software update declaration is in place.',
  },
])

/** Radar 45414692 reports a failure without its codes: this pair is invented. */
export const failedThoughStarted: WireDict = refused([
  {
    domain: 'DeviceManagement.error',
    code: 2200,
    text: 'The software update could not be scheduled.',
  },
  {
    domain: 'com.apple.softwareupdateservices.errors',
    code: 16,
    text: 'The operation couldn’t be completed. (com.apple.softwareupdateservices.errors error 16.)',
  },
])

/**
 * The code is documented (MCChaperoneErrorDomain 29000); that the update commands of an unsupervised
 * device give it is invented.
 */
export const notSupervised: WireDict = refused([
  { domain: 'MCChaperoneErrorDomain', code: 29000, text: 'The device is not supervised.' },
])

/** A successful UpdateResults item. Values: Apple's schema, system.update.schedule.yaml at b6202ca. */
export const updateResult = (
  productKey: string,
  installAction: 'DownloadOnly' | 'InstallASAP',
  status: 'Downloading' | 'Installing',
): WireDict =>
  acknowledged({
    UpdateResults: [{ ProductKey: productKey, InstallAction: installAction, Status: status }],
  })

/**
 * A failure inside an acknowledged reply: InstallAction `Error`, and an optional ErrorChain per update; no code is
 * known for some statuses.
 */
export const updateFailure = (productKey: string, status: string, code?: MdmErrorCode): WireDict =>
  acknowledged({
    UpdateResults: [
      {
        ProductKey: productKey,
        InstallAction: 'Error',
        Status: status,
        ErrorChain: code === undefined ? undefined : mdmChain(code),
      },
    ],
  })
