import { type DocumentedReply, type Lives, writeKeys } from './documented-key'
import { schemaLine } from './sources'

const file = 'information.security'
const lives: Lives = { iOS: { introduced: '4.0' }, tvOS: { introduced: '9.0' } }

const neither = { on: { iOS: 'never', tvOS: 'never' } } as const
const graceSince = { on: { iOS: { introduced: '9.3.2' } } } as const
const managed = { on: { iOS: { introduced: '13.0' }, tvOS: { introduced: '13.0' } } } as const

const at = (key: string) => `SecurityInfo.${key}`

/** Keys that only a Mac has, with their lines in the schema; on another platform they are undocumented. */
const macKeys: [string, 'boolean' | 'string' | 'data' | 'dict', number][] = [
  ['FDE_Enabled', 'boolean', 146],
  ['FDE_HasPersonalRecoveryKey', 'boolean', 162],
  ['FDE_HasInstitutionalRecoveryKey', 'boolean', 180],
  ['FDE_PersonalRecoveryKeyCMS', 'data', 198],
  ['FDE_PersonalRecoveryKeyDeviceKey', 'string', 218],
  ['SystemIntegrityProtectionEnabled', 'boolean', 241],
  ['FirewallSettings', 'dict', 257],
  ['FirmwarePasswordStatus', 'dict', 320],
  ['SecureBoot', 'dict', 408],
  ['RemoteDesktopEnabled', 'boolean', 464],
  ['AuthenticatedRootVolumeEnabled', 'boolean', 482],
  ['BootstrapTokenAllowedForAuthentication', 'string', 498],
  ['BootstrapTokenRequiredForSoftwareUpdate', 'boolean', 521],
  ['BootstrapTokenRequiredForKernelExtensionApproval', 'boolean', 540],
  ['IsRecoveryLockEnabled', 'boolean', 559],
  ['ManagementStatus.EnrolledViaDEP', 'boolean', 359],
  ['ManagementStatus.UserApprovedEnrollment', 'boolean', 372],
  ['ManagementStatus.IsActivationLockManageable', 'boolean', 393],
]

/**
 * The schema requires no key of SecurityInfo, so a missing one is never a contradiction. The texts of the two grace
 * periods restrict them to Shared iPad, the table of versions does not; the table is used.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/commands/information.security.yaml#L43-L576
 */
export const securityInfo: DocumentedReply = {
  lives,
  cites: [schemaLine(file, '6-L33', 'SecurityInfo: versions')],
  keys: writeKeys(file, lives, [
    ['SecurityInfo', 'dict', 'required', 44],
    [at('HardwareEncryptionCaps'), 'integer', 'optional', 49, { allowed: { integers: [1, 2, 3] } }],
    [at('PasscodePresent'), 'boolean', 'optional', 61],
    [at('PasscodeCompliant'), 'boolean', 'optional', 74],
    [at('PasscodeCompliantWithProfiles'), 'boolean', 'optional', 82],
    [at('PasscodeLockGracePeriod'), 'integer', 'optional', 96, graceSince],
    [at('PasscodeLockGracePeriodEnforced'), 'integer', 'optional', 111, graceSince],
    [
      at('AutoLockTime'),
      'integer',
      'optional',
      127,
      { on: { iOS: { introduced: '17.0' }, tvOS: 'never' } },
    ],
    [at('ManagementStatus'), 'dict', 'optional', 348, managed],
    [at('ManagementStatus.IsUserEnrollment'), 'boolean', 'optional', 386, managed],
    ...writeMac(),
  ]),
}

function writeMac() {
  return macKeys.map(
    ([key, type, line]) =>
      [at(key), type, 'optional', line, neither] as [
        string,
        typeof type,
        'optional',
        number,
        typeof neither,
      ],
  )
}
