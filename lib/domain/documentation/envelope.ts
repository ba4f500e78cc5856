import { type DocumentedKey, type Lives, writeKeys } from './documented-key'
import { errorChainItem, responseObject } from './sources'

/** Introduced with MDM itself on each family: https://developer.apple.com/documentation/devicemanagement/deviceinformationresponse */
const always: Lives = { iOS: { introduced: '4.0' }, tvOS: { introduced: '9.0' } }

/** A user of a Shared iPad. */
const ofUser = { on: { iOS: { introduced: '9.3' }, tvOS: 'never' } } as const

const statuses = ['Acknowledged', 'Error', 'CommandFormatError', 'Idle', 'NotNow'] as const

/**
 * The keys that every response may have. UDID and EnrollmentID exclude each other, depending on the kind of enrolment,
 * so neither is required here. Nor is NotOnConsole, which Apple's page marks as required: it is about the user channel
 * of a Mac.
 */
export const envelope: readonly DocumentedKey[] = writeKeys('information.device', always, [
  ['Status', 'string', 'required', responseObject, { allowed: { words: statuses } }],
  ['CommandUUID', 'string', 'required', responseObject],
  ['UDID', 'string', 'optional', responseObject],
  ['EnrollmentID', 'string', 'optional', responseObject, { on: { iOS: { introduced: '13.0' } } }],
  ['UserID', 'string', 'optional', responseObject, ofUser],
  ['UserShortName', 'string', 'optional', responseObject, ofUser],
  ['UserLongName', 'string', 'optional', responseObject, { on: { iOS: 'never', tvOS: 'never' } }],
  ['NotOnConsole', 'boolean', 'optional', responseObject],
  ['ErrorChain', 'array', 'optional', responseObject],
  ['ErrorChain[]', 'dict', 'optional', errorChainItem],
  ['ErrorChain[].ErrorCode', 'integer', 'required', errorChainItem],
  ['ErrorChain[].ErrorDomain', 'string', 'required', errorChainItem],
  ['ErrorChain[].LocalizedDescription', 'string', 'required', errorChainItem],
  ['ErrorChain[].USEnglishDescription', 'string', 'optional', errorChainItem],
])

/** Error codes that mean "no update available". */
export const noUpdateCodes: readonly { domain: string; code: number }[] = [
  { domain: 'DeviceManagement.error', code: 2213 },
  { domain: 'com.apple.softwareupdateservices.errors', code: 3 },
  { domain: 'MCMDMErrorDomain', code: 12048 },
]

/** "… is not a valid request type": https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference */
export const unknownCommandCode = { domain: 'MCMDMErrorDomain', code: 12021 }
