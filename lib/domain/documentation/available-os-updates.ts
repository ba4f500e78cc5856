import type { Dispute, DocumentedReply } from './documented-key'
import { macSentRealSize, mdmReference2018, radarsNothingAvailable, schemaLine } from './sources'
import { updateCommandCites, updateCommandLives } from './update-commands'
import { writeKeys } from './write-keys'

const file = 'system.update.available'

const macOnly = { on: { iOS: 'never', tvOS: 'never' } } as const
const since162 = { on: { iOS: { introduced: '16.2' }, tvOS: { introduced: '16.2' } } } as const

const sizeAsReal = (key: string, line: number): Dispute => ({
  when: { type: 'real' },
  because: `the schema has ${key} as an integer, the reference of 2018 as a floating-point number of bytes`,
  cites: [schemaLine(file, line, key), mdmReference2018],
})

const defaultOfLater: Dispute = {
  when: 'missing',
  because:
    'left out, AllowsInstallLater means false by the schema and true by the reference of 2018',
  cites: [schemaLine(file, '172-L175', 'AllowsInstallLater'), mdmReference2018],
}

const size = (key: string, line: number) => ({
  disputes: [sizeAsReal(key, line)],
  reported: key === 'DownloadSize' ? [macSentRealSize] : [],
})

const at = (key: string) => `AvailableOSUpdates[].${key}`

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.available.yaml#L38-L238 */
export const availableOsUpdates: DocumentedReply = {
  lives: updateCommandLives,
  cites: updateCommandCites(file, 'AvailableOSUpdates'),
  emptyList: {
    path: 'AvailableOSUpdates',
    cites: [schemaLine(file, '39-L44', 'AvailableOSUpdates, a required array')],
    reported: radarsNothingAvailable,
  },
  keys: writeKeys(file, updateCommandLives, [
    ['AvailableOSUpdates', 'array', 'required', 39],
    ['AvailableOSUpdates[]', 'dict', 'required', 46],
    [at('ProductKey'), 'string', 'required', 50],
    [at('HumanReadableName'), 'string', 'required', 54],
    [at('HumanReadableNameLocale'), 'string', 'required', 59, macOnly],
    [at('MetadataURL'), 'string', 'required', 69, macOnly],
    [at('ProductName'), 'string', 'required', 81],
    [at('Version'), 'string', 'required', 89],
    [at('Build'), 'string', 'required', 93],
    [at('DownloadSize'), 'integer', 'required', 97, size('DownloadSize', 101)],
    [at('InstallSize'), 'integer', 'required', 106, size('InstallSize', 110)],
    [at('AppIdentifiersToClose'), 'array', 'required', 114, macOnly],
    [at('IsCritical'), 'boolean', 'optional', 127],
    [at('IsConfigDataUpdate'), 'boolean', 'optional', 132, macOnly],
    [at('IsFirmwareUpdate'), 'boolean', 'optional', 143, macOnly],
    [at('IsMajorOSUpdate'), 'boolean', 'optional', 154, macOnly],
    [at('RestartRequired'), 'boolean', 'optional', 167],
    [at('AllowsInstallLater'), 'boolean', 'optional', 172, { disputes: [defaultOfLater] }],
    [at('DeferredUntil'), 'date', 'optional', 177, macOnly],
    [at('RequiresBootstrapToken'), 'boolean', 'optional', 189, macOnly],
    [at('IsSecurityResponse'), 'boolean', 'required', 204, since162],
    [at('SupplementalBuildVersion'), 'string', 'optional', 215, since162],
    [at('SupplementalOSVersionExtra'), 'string', 'optional', 227, since162],
  ]),
}
