import type { InstallAction } from '@/lib/domain/trial/install-action'
import { installActions } from '@/lib/domain/trial/install-action'
import {
  acknowledged,
  commandFormatError,
  declarationInPlace,
  failedThoughStarted,
  mdmError,
  nothingAvailable,
  updateFailure,
  updateResult,
} from './answers'
import { enforcementActive } from './declarative/judge'
import { beginInstall, downloadLack, installLack, type Lack } from './lacks'
import { hasQuirk } from './quirks'
import type { Moment, Offer, UpdatePhase, VirtualDevice } from './virtual-device'
import { drawDuration, offersNow } from './virtual-device'
import type { PlistDict, WireDict } from './wire'
import { isDict } from './wire'

/** The device after a command, and its reply; undefined if the device never answers. */
export type Answer = { device: VirtualDevice; reply?: WireDict | undefined }

const failureOf = ({ productKey }: Offer, { status, code }: Lack) =>
  updateFailure(productKey, status, code)

const startDownload = (device: VirtualDevice, offer: Offer, moment: Moment): Answer => {
  const lack = downloadLack(device, offer)
  if (lack) return { device, reply: failureOf(offer, lack) }
  const downloading = updateResult(offer.productKey, 'DownloadOnly', 'Downloading')
  if (device.faults.nothingHappens) return { device, reply: downloading }
  const { device: drawn, ms } = drawDuration(device, 'download', moment)
  const update = {
    productKey: offer.productKey,
    phase: 'downloading',
    durationMs: ms,
    endsAt: moment.at + ms,
  } as const
  const reply = hasQuirk(device, 'errorThoughStarted')
    ? failedThoughStarted
    : // A reply never contains `Default`, but the action that was chosen.
      downloading
  return { device: { ...drawn, update }, reply }
}

/** With a passcode the device asks first; without one it installs and restarts unannounced. */
const startInstall = (device: VirtualDevice, offer: Offer, moment: Moment): Answer => {
  const lack = installLack(device, offer)
  if (lack) return { device, reply: failureOf(offer, lack) }
  const installing = updateResult(offer.productKey, 'InstallASAP', 'Installing')
  const { nothingHappens, promptNeverShown, installsWithoutPrompt } = device.faults
  if (nothingHappens || (device.passcode && promptNeverShown)) return { device, reply: installing }
  if (!device.passcode || installsWithoutPrompt)
    return { device: beginInstall(device, moment), reply: installing }
  if (!device.update) throw new Error(`${device.labTag} has no update to ask for`)
  const prompting: VirtualDevice = {
    ...device,
    update: { ...device.update, phase: 'prompting', endsAt: undefined },
    promptsShown: device.promptsShown + 1,
  }
  // What a healthy device answers while it asks for the passcode is not public; Installing is a guess.
  const reply = hasQuirk(device, 'errorThoughStarted') ? failedThoughStarted : installing
  return { device: prompting, reply }
}

type Handler = (device: VirtualDevice, offer: Offer, moment: Moment) => Answer

const refuse =
  (code: Parameters<typeof mdmError>[0]): Handler =>
  (device) => ({ device, reply: mdmError(code) })

/** Radar 45414727: one more command starts at once what the user had put off until tonight. */
const startTonightNow: Handler = (device, offer, moment) => ({
  device: hasQuirk(device, 'secondCommandStartsTonight') ? beginInstall(device, moment) : device,
  reply: updateResult(offer.productKey, 'InstallASAP', 'Installing'),
})

/**
 * What each InstallAction does in each phase: the first Default downloads and the second installs,
 * InstallASAP only installs what is downloaded (Apple's schema, system.update.schedule.yaml at b6202ca).
 */
const handlers: Record<UpdatePhase | 'none', Record<InstallAction, Handler>> = {
  none: { Default: startDownload, DownloadOnly: startDownload, InstallASAP: refuse(12059) },
  downloading: { Default: refuse(12051), DownloadOnly: refuse(12051), InstallASAP: refuse(12051) },
  downloaded: { Default: startInstall, DownloadOnly: refuse(12052), InstallASAP: startInstall },
  prompting: { Default: startInstall, DownloadOnly: refuse(12052), InstallASAP: startInstall },
  tonight: { Default: startTonightNow, DownloadOnly: refuse(12052), InstallASAP: startTonightNow },
  installing: { Default: refuse(12058), DownloadOnly: refuse(12058), InstallASAP: refuse(12058) },
  dark: { Default: refuse(12058), DownloadOnly: refuse(12058), InstallASAP: refuse(12058) },
}

type Wanted = { action: string; productKey?: string; productVersion?: string }

const textOf = (dict: PlistDict, key: string) => {
  const value = dict[key]
  return typeof value === 'string' ? value : undefined
}

/** The first update named; a missing array means the default for whatever is offered (Apple's schema). */
const readWanted = (command: PlistDict): Wanted | undefined => {
  if (command.Updates === undefined) return { action: 'Default' }
  const first = Array.isArray(command.Updates) ? command.Updates[0] : undefined
  if (!isDict(first)) return undefined
  const action = textOf(first, 'InstallAction')
  if (action === undefined) return undefined
  const [productKey, productVersion] = [
    textOf(first, 'ProductKey'),
    textOf(first, 'ProductVersion'),
  ]
  return {
    action,
    ...(productKey === undefined ? {} : { productKey }),
    ...(productVersion === undefined ? {} : { productVersion }),
  }
}

const findOffer = (device: VirtualDevice, wanted: Wanted): Offer | undefined => {
  const offers = offersNow(device)
  if (wanted.productKey !== undefined)
    return offers.find(({ productKey }) => productKey === wanted.productKey)
  if (wanted.productVersion === undefined) return offers[0]
  return offers.find(({ version }) => version === wanted.productVersion)
}

const namesInstalled = ({ osBuild, osVersion }: VirtualDevice, wanted: Wanted) =>
  wanted.productKey === undefined
    ? wanted.productVersion === osVersion
    : wanted.productKey === `iOSUpdate${osBuild}`

const judge = (device: VirtualDevice, command: PlistDict, moment: Moment): Answer => {
  const wanted = readWanted(command)
  if (!wanted) return { device, reply: commandFormatError }
  const action = installActions.find((known) => known === wanted.action)
  // Codes from a Mac, where 12008 was seen for an InstallAction it did not support:
  // https://github.com/micromdm/website/blob/c52bec22/content/blog/os_update.md
  if (!action) return { device, reply: mdmError(12008) }
  const byVersionOnly = wanted.productKey === undefined && wanted.productVersion !== undefined
  if (byVersionOnly && !hasQuirk(device, 'productVersionUnderstood'))
    return { device, reply: mdmError(12008) }
  const offer = findOffer(device, wanted)
  if (offer) return handlers[device.update?.phase ?? 'none'][action](device, offer, moment)
  if (namesInstalled(device, wanted) && hasQuirk(device, 'silentForInstalledVersion'))
    return { device }
  const gone = hasQuirk(device, 'errorWhenNothingIsOffered') ? nothingAvailable : mdmError(12048)
  return { device, reply: gone }
}

const withoutResults = (reply: WireDict): WireDict => ({ ...reply, UpdateResults: undefined })

/** Whether a command is delivered again after the restart it caused; it is then answered without results. */
const isDone = (device: VirtualDevice, commandUuid: string) =>
  device.installedBy === commandUuid &&
  device.update === undefined &&
  hasQuirk(device, 'noResultsAfterRestart')

/** Answers a ScheduleOSUpdate on a device that is awake, supervised and unlocked. */
export function scheduleOsUpdate(
  device: VirtualDevice,
  { commandUuid, command }: { commandUuid: string; command: PlistDict },
  moment: Moment,
): Answer {
  if (device.faults.declarationActive || enforcementActive(device, moment))
    return { device, reply: declarationInPlace }
  const { device: after, reply } = isDone(device, commandUuid)
    ? { device, reply: acknowledged({}) }
    : judge(device, command, moment)
  // The command that moved the update on is the one whose install the device will come back from.
  const moved =
    after.update && after.update.phase !== device.update?.phase
      ? { ...after, update: { ...after.update, commandUuid } }
      : after
  if (device.faults.neverReports) return { device: moved }
  return {
    device: moved,
    reply: reply && device.faults.noUpdateResults ? withoutResults(reply) : reply,
  }
}
