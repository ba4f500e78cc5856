import { type DocumentedKey, type Lives, writeKeys } from './documented-key'
import { errorChainItem, responseObject } from './sources'

/** As old as MDM on each family: https://developer.apple.com/documentation/devicemanagement/deviceinformationresponse */
const always: Lives = { iOS: { introduced: '4.0' }, tvOS: { introduced: '9.0' } }

/** A user of a Shared iPad. */
const ofUser = { on: { iOS: { introduced: '9.3' }, tvOS: 'never' } } as const

const statuses = ['Acknowledged', 'Error', 'CommandFormatError', 'Idle', 'NotNow'] as const

/**
 * What every answer may carry beside what it answers. UDID and EnrollmentID exclude each other by the
 * kind of enrolment, so neither is required here; nor is NotOnConsole, which Apple's page marks so and
 * which speaks of the user channel of a Mac.
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

/** Codes by which a device says that there is no update. */
export const noUpdateCodes: readonly { domain: string; code: number }[] = [
  { domain: 'DeviceManagement.error', code: 2213 },
  { domain: 'com.apple.softwareupdateservices.errors', code: 3 },
  { domain: 'MCMDMErrorDomain', code: 12048 },
]

/** "… is not a valid request type": https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference */
export const unknownCommandCode = { domain: 'MCMDMErrorDomain', code: 12021 }
