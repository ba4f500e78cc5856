import type { ErrorItem } from './reply-types'

/**
 * What an error means for an update: `stateReached` that it progresses, `nothingToDo` that there is none,
 * `refusal` that the device will not begin, `failure` that it began or tried and could not.
 */
const errorClasses = ['failure', 'stateReached', 'nothingToDo', 'refusal'] as const
export type ErrorClass = (typeof errorClasses)[number]

/** A class in words. An error that means progress is not a failure, whatever the reply's Status says. */
export const errorClassInfo: Record<ErrorClass, { label: string; color: string; meaning: string }> =
  {
    stateReached: {
      label: 'progress',
      color: 'teal',
      meaning: 'It says how far the device is; it is not a failure.',
    },
    nothingToDo: { label: 'nothing to do', color: 'gray', meaning: 'There is no update for it.' },
    refusal: { label: 'refusal', color: 'orange', meaning: 'The device will not begin.' },
    failure: {
      label: 'failure',
      color: 'red',
      meaning: 'The device began or tried, and could not.',
    },
  }

/** What a meaning rests on: Apple's text, a device's own reply, or another party's account. */
type Basis = 'documented' | 'sample' | 'secondary'

export type ErrorMeaning = { meaning: string; class: ErrorClass; basis: Basis; cite: string }

const reference = 'https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference'
const samples = 'https://github.com/cmdmnt/commandment/tree/f21c541/testdata/Errors'
const groob = 'https://github.com/micromdm/website/blob/c52bec22/content/blog/os_update.md'
/** Decompiled frameworks of iOS 26.1: text tables, not codes seen in a device's reply. */
const frameworks =
  'https://github.com/EthanArbuckle/iPhone18-3_26.1_23B85_Restore/blob/a8efb0ea94ec5ffd75f5e4e8fc606935ee75ff90/System/Library/PrivateFrameworks'
const dmfTable = `${frameworks}/DeviceManagement.framework/DeviceManagement/DMFErrorDescriptionsWithCodeAndUserInfo.mm`
const susFramework = `${frameworks}/SoftwareUpdateServices.framework`
const collision = 'https://github.com/Jamf-Concepts/ddm-companion'

type Row = [code: number, kind: ErrorClass, meaning: string]

// The outcomes of an update that have a code both in MCMDMErrorDomain and in DeviceManagement.error.
const updateOutcomes: [mcmdm: number, dm: number, kind: ErrorClass, meaning: string][] = [
  [12048, 2213, 'nothingToDo', 'no update is available'],
  [12049, 2212, 'refusal', 'the passcode must be cleared first'],
  [12050, 2214, 'failure', 'the scan for updates failed'],
  [12051, 2200, 'stateReached', 'the download is in progress'],
  [12052, 2201, 'stateReached', 'the download is complete'],
  [12053, 2206, 'failure', 'the download needs a computer'],
  [12054, 2204, 'failure', 'not enough space to download'],
  [12055, 2205, 'failure', 'not enough power to download'],
  [12056, 2203, 'failure', 'the network is not good enough to download'],
  [12057, 2202, 'failure', 'the download failed'],
  [12058, 2207, 'stateReached', 'the installation is in progress'],
  [12059, 2211, 'refusal', 'the update must be downloaded before it is installed'],
  [12060, 2209, 'failure', 'not enough space to install'],
  [12061, 2210, 'failure', 'not enough power to install'],
  [12062, 2208, 'failure', 'the installation failed'],
]

const mdmErrors: Row[] = [
  [12000, 'refusal', 'the MDM profile lacks the access right'],
  [12007, 'refusal', 'not authorised'],
  [12008, 'refusal', 'the request is malformed, or its InstallAction does not fit'],
  [12021, 'refusal', 'the device does not know this request type'],
  [12063, 'refusal', 'the user rejected it'],
  [12077, 'refusal', 'a user is logged in on the Shared iPad'],
  [12078, 'refusal', 'not possible in Lost Mode'],
  [12081, 'refusal', 'the device is not tethered to a network'],
]

const softwareUpdateErrors: Row[] = [
  [6, 'failure', 'not enough free space'],
  [16, 'failure', 'cancelled, or rolled back'],
  [48, 'failure', 'the automatic installation is not ready'],
  [49, 'failure', 'the automatic installation has expired'],
  [103, 'refusal', 'a software-update declaration is in place'],
]

const macErrors: Row[] = [
  [7301, 'nothingToDo', 'no update was found'],
  [7507, 'failure', 'the access request was denied (also seen when two scans collide)'],
  [7509, 'failure', 'the access was lost to another scan'],
]

const entry = (domain: string, [code, kind, meaning]: Row, basis: Basis, cite: string) =>
  [`${domain} ${code}`, { meaning, class: kind, basis, cite }] as const

const softwareUpdate = 'com.apple.softwareupdateservices.errors'

/** By "domain code". Apple says that codes may change between releases, so a meaning is a hint, not proof. */
const meanings = new Map<string, ErrorMeaning>([
  ...updateOutcomes.flatMap(([mcmdm, dm, kind, meaning]) => [
    entry('MCMDMErrorDomain', [mcmdm, kind, meaning], 'documented', reference),
    // Only 2213 was seen in a device's reply; the others are from a decompiled text table.
    dm === 2213
      ? entry('DeviceManagement.error', [dm, kind, meaning], 'sample', samples)
      : entry('DeviceManagement.error', [dm, kind, meaning], 'secondary', dmfTable),
  ]),
  ...mdmErrors.map((row) => entry('MCMDMErrorDomain', row, 'documented', reference)),
  ...softwareUpdateErrors.map((row) => entry(softwareUpdate, row, 'secondary', susFramework)),
  entry(softwareUpdate, [3, 'nothingToDo', 'up to date'], 'sample', samples),
  entry(
    'MCChaperoneErrorDomain',
    [29000, 'refusal', 'the device is not supervised'],
    'documented',
    reference,
  ),
  entry('MDMClientError', [74, 'refusal', 'the command needs DEP enrolment'], 'sample', groob),
  ...macErrors.map((row) => entry('SUMacControllerError', row, 'secondary', collision)),
])

/** What a code of a domain means; undefined if it is in no table. */
export const findErrorMeaning = (domain: string, code: number): ErrorMeaning | undefined =>
  meanings.get(`${domain} ${code}`)

/**
 * Whether a code can only come from downloading or installing an update. "No update" and a failed scan are left
 * out: AvailableOSUpdates is answered with them too.
 */
export const isInstallError = (domain: string, code: number): boolean =>
  installErrors.has(`${domain} ${code}`)

const installErrors = new Set(
  updateOutcomes
    .filter(([mcmdm]) => mcmdm !== 12048 && mcmdm !== 12050)
    .flatMap(([mcmdm, dm]) => [`MCMDMErrorDomain ${mcmdm}`, `DeviceManagement.error ${dm}`]),
)

/** An ErrorChain in words. Its class is that of the topmost known error. */
export type ErrorDescription = { text: string; class?: ErrorClass; cites: string[] }

export function describeError(chain: readonly ErrorItem[]): ErrorDescription {
  const known = chain.flatMap(({ domain, code }) => {
    if (domain === undefined || code === undefined) return []
    return findErrorMeaning(domain, code) ?? []
  })
  const [top] = known
  return {
    text: chain.length === 0 ? 'no ErrorChain' : chain.map(describeItem).join(' ← '),
    ...(top && { class: top.class }),
    cites: [...new Set(known.map(({ cite }) => cite))],
  }
}

const describeItem = ({ domain = 'no domain', code, text }: ErrorItem): string => {
  const meaning = code === undefined ? undefined : findErrorMeaning(domain, code)?.meaning
  const said = meaning ?? text ?? 'meaning not known'
  return `${domain} ${code ?? 'without a code'}: ${said}`
}
