import type { ValueType } from './plist-value'

/** Where a status item exists: the version of iOS, of tvOS, or none. Line and types are those of its file at 18.1. */
type Item = readonly [
  name: string,
  type: ValueType,
  line: number,
  iOS: string | undefined,
  tvOS: string | undefined,
]

const never = undefined

/**
 * Every status item of Apple's schema at 18.1, with the versions that introduced it. `status-report.ts` has the keys inside of
 * those that tell of updates and declarations. The software-update items came to tvOS with 18.4, which the schema of 18.1
 * does not have yet. https://github.com/apple/device-management/tree/b6202ca/declarative/status
 */
export const statusItems: readonly Item[] = [
  ['account.list.caldav', 'array', 40, '16.0', never],
  ['account.list.carddav', 'array', 40, '16.0', never],
  ['account.list.exchange', 'array', 40, '16.0', never],
  ['account.list.google', 'array', 40, '16.0', never],
  ['account.list.ldap', 'array', 40, '16.0', never],
  ['account.list.mail.incoming', 'array', 40, '16.0', never],
  ['account.list.mail.outgoing', 'array', 40, '16.0', never],
  ['account.list.subscribed-calendar', 'array', 40, '16.0', never],
  ['app.managed.list', 'array', 27, '17.2', never],
  ['device.identifier.serial-number', 'string', 50, '16.0', '16.0'],
  ['device.identifier.udid', 'string', 50, '16.0', '16.0'],
  ['device.model.family', 'string', 53, '15.0', '16.0'],
  ['device.model.identifier', 'string', 53, '15.0', '16.0'],
  ['device.model.marketing-name', 'string', 53, '15.0', '16.0'],
  ['device.model.number', 'string', 53, '17.0', '17.0'],
  ['device.operating-system.build-version', 'string', 53, '15.0', '16.0'],
  ['device.operating-system.family', 'string', 53, '15.0', '16.0'],
  ['device.operating-system.marketing-name', 'string', 53, '15.0', '16.0'],
  ['device.operating-system.supplemental.build-version', 'string', 53, '16.1', '16.1'],
  ['device.operating-system.supplemental.extra-version', 'string', 53, '16.1', '16.1'],
  ['device.operating-system.version', 'string', 53, '15.0', '16.0'],
  ['device.power.battery-health', 'string', 31, '17.0', never],
  ['diskmanagement.filevault.enabled', 'boolean', 22, never, never],
  ['management.client-capabilities', 'dict', 48, '15.0', '16.0'],
  ['management.declarations', 'dict', 48, '15.0', '16.0'],
  ['mdm.app', 'array', 42, '16.0', '16.0'],
  ['passcode.is-compliant', 'boolean', 40, '16.0', never],
  ['passcode.is-present', 'boolean', 40, '16.0', never],
  ['screensharing.connection.group.unresolved-connection', 'array', 25, never, never],
  ['security.certificate.list', 'array', 53, '17.0', '17.0'],
  ['services.background-task', 'array', 22, never, never],
  ['softwareupdate.beta-enrollment', 'string', 29, '18.0', '18.4'],
  ['softwareupdate.device-id', 'string', 29, '18.0', '18.4'],
  ['softwareupdate.failure-reason', 'dict', 29, '17.0', '18.4'],
  ['softwareupdate.install-reason', 'dict', 29, '17.0', '18.4'],
  ['softwareupdate.install-state', 'string', 29, '17.0', '18.4'],
  ['softwareupdate.pending-version', 'dict', 29, '17.0', '18.4'],
]

/** Items of the schema of 27 that an iPhone, iPad or Apple TV may report; only their names and versions were read. */
export const statusItemsOf27: readonly (readonly [name: string, tvOS: boolean])[] = [
  ['device.system.health', false],
  ['enhanced-logging.applecare-token', true],
  ['enhanced-logging.status', true],
  ['enhanced-logging.timestamp', true],
  ['mdm.enrollment-type', true],
  ['mdm.is-awaiting-configuration', true],
  ['mdm.is-return-to-service', false],
  ['mdm.is-shared-ipad', false],
  ['mdm.push-magic', true],
  ['mdm.push-token', true],
  ['security.lockdown-mode', false],
]
