import type { Citation } from './rule'

/** Apple's schema of iOS 18.1, before the command was deprecated (26.0) and removed (27.0). */
const schema =
  'https://github.com/apple/device-management/blob/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f'
const schedule = `${schema}/mdm/commands/system.update.schedule.yaml`
const available = `${schema}/mdm/commands/system.update.available.yaml`
const device = `${schema}/mdm/commands/information.device.yaml`
const security = `${schema}/mdm/commands/information.security.yaml`
const radars = 'https://github.com/lionheart/openradar-mirror/issues'

const cite = (label: string, url: string): Citation => ({ label, url })

export const scheduleIos = cite(
  "Apple's schema at 18.1, ScheduleOSUpdate: iOS",
  `${schedule}#L6-L16`,
)
export const scheduleTvos = cite(
  "Apple's schema at 18.1, ScheduleOSUpdate: tvOS",
  `${schedule}#L26-L31`,
)
export const scheduleProductVersion = cite(
  "Apple's schema at 18.1, ProductVersion",
  `${schedule}#L56-L68`,
)
export const scheduleSecurityResponse = cite(
  "Apple's schema at 18.1, no ProductVersion for a Rapid Security Response",
  `${schedule}#L68`,
)
export const scheduleDeclarations = cite(
  "Apple's schema at 18.1, a managed declaration takes precedence",
  `${schedule}#L41-L46`,
)
export const enforcement = cite(
  "Apple's schema at 18.1, enforcement declaration since iOS 17",
  `${schema}/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml#L5-L13`,
)
export const enforcementTvos = cite(
  "Apple's schema at 26, enforcement declaration since tvOS 18.4",
  'https://github.com/apple/device-management/blob/0a4527c5/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml',
)
export const enforcementTime = cite(
  "Apple's schema at 18.1, TargetLocalDateTime: the local time of the device",
  `${schema}/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml`,
)
export const enforcementPhases = cite(
  'Apple, phases of software update enforcement',
  'https://developer.apple.com/documentation/devicemanagement/phases-of-software-update-enforcement',
)
export const deployByDeclaration = cite(
  'Apple, deploy software updates: versions that management may name, and for how long',
  'https://support.apple.com/guide/deployment/depafd2fad80',
)
export const deviceTimeZone = cite("Apple's schema at 18.1, TimeZone since 14.0", `${device}#L2622`)
export const availableUpdates = cite(
  "Apple's schema at 18.1, AvailableOSUpdates",
  `${available}#L36-L45`,
)
export const availableSizes = cite(
  "Apple's schema at 18.1, DownloadSize and InstallSize",
  `${available}#L97-L114`,
)
export const availableSecurityResponse = cite(
  "Apple's schema at 18.1, IsSecurityResponse",
  `${available}#L204-L214`,
)
export const deviceSupervised = cite("Apple's schema at 18.1, IsSupervised", `${device}#L2120`)
export const deviceMultiUser = cite("Apple's schema at 18.1, IsMultiUser", `${device}#L2132`)
export const deviceCapacity = cite(
  "Apple's schema at 18.1, AvailableDeviceCapacity",
  `${device}#L2014-L2020`,
)
export const deviceBattery = cite("Apple's schema at 18.1, BatteryLevel", `${device}#L2094`)
export const passcodePresent = cite(
  "Apple's schema at 18.1, PasscodePresent",
  `${security}#L61-L81`,
)
export const userEnrollment = cite("Apple's schema at 18.1, IsUserEnrollment", `${security}#L386`)

export const changesOf27 = cite(
  "Apple's schema at 27.0, removed objects",
  'https://github.com/apple/device-management/blob/255d4a2d/CHANGES.md',
)
export const removedCommands = cite(
  'Apple, removed commands and profiles',
  'https://developer.apple.com/documentation/devicemanagement/removed-commands-and-profiles',
)
export const mdmReference2018 = cite(
  'MDM Protocol Reference (2018)',
  'https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference',
)
export const fleetsmith = cite(
  'Fleetsmith, ScheduleOSUpdate: Hitting a Moving Target (2018)',
  'https://medium.com/fleetsmith/scheduleosupdate-hitting-a-moving-target-cabfeca9fc3',
)
export const appleTv = cite(
  'Iru, managed OS: Apple TV has neither battery nor passcode',
  'https://docs.iru.com/en/endpoint/devices/ios-ipados-managed-os-user-experience',
)
export const iruPrompts = cite(
  'Iru, managed OS: with a passcode the user is asked, without one the device restarts',
  'https://docs.iru.com/en/endpoint/devices/ios-ipados-managed-os-user-experience',
)
export const scheduleTwoSteps = cite(
  "Apple's documentation, Schedule OS Update: two steps, and what a passcode changes",
  'https://developer.apple.com/documentation/devicemanagement/schedule-os-update-command',
)
export const tokenUpdate = cite(
  "Apple's schema at 18.1, TokenUpdate: sent while the enrollment is valid",
  `${schema}/mdm/checkin/tokenupdate.yaml`,
)
export const authenticate = cite(
  "Apple's schema at 18.1, Authenticate: UDID, SerialNumber, ProductName",
  `${schema}/mdm/checkin/authenticate.yaml`,
)
export const radarSecondCommand = cite(
  'Radar 45414727: a second command starts a scheduled install',
  `${radars}/20594`,
)
export const radarPromptDespiteError = cite(
  'Radar 45414692: 11.4 answers failure and shows the prompt',
  `${radars}/20595`,
)
export const radarNoReply = cite(
  'Radar 40161553: 11.3.1 does not answer for the version installed',
  `${radars}/19740`,
)
export const radarIntegerIsDownloaded = cite(
  'Radar 45414737: IsDownloaded is an integer on 11.3',
  `${radars}/20593`,
)
export const radarNothingAvailable = cite(
  'Radar 39170807: nothing to install is answered as error 2213',
  `${radars}/19571`,
)
export const radarOneTest = cite('Radar 45414745: each device allows one test', `${radars}/20592`)
export const staleStamp = cite(
  'Fleet issue 21091: the last-updated stamp moved on a failed read',
  'https://github.com/fleetdm/fleet/issues/21091',
)
export const insufficientNetwork = cite(
  "Apple's schema at 18.1, DownloadInsufficientNetwork",
  `${schedule}#L162-L178`,
)
export const automaticActions = cite(
  "Apple's schema at 18.1, automatic update actions",
  `${schema}/declarative/declarations/configurations/softwareupdate.settings.yaml#L123`,
)
export const radarBatteryOfEnrolment = cite(
  'Radar 35695451, iOS 11 keeps reporting the battery level of the enrollment',
  `${radars}/18959`,
)
