import { atLeast, below, version } from '@/lib/domain/device/os-version'
import type { Quirk, QuirkId, QuirkPack, QuirkRange } from './quirk-packs'
import { quirkPacks } from './quirk-packs'
import type { VirtualDevice } from './virtual-device'

export type { Quirk, QuirkId } from './quirk-packs'

type QuirkSubject = Pick<VirtualDevice, 'platform' | 'osVersion' | 'passcode'>

const covers = (range: QuirkRange, osVersion: string) => {
  if ('only' in range) return range.only.includes(osVersion)
  const { from, until } = range
  return (
    (from === undefined || atLeast(version(osVersion), from)) &&
    (until === undefined || below(version(osVersion), until))
  )
}

const concerns = ({ platforms, versions }: QuirkPack, { platform, osVersion }: QuirkSubject) =>
  platforms.includes(platform) && covers(versions, osVersion)

/** The quirks this device has as it is now. */
export const listQuirks = (device: QuirkSubject): Quirk[] =>
  quirkPacks
    .filter((pack) => concerns(pack, device))
    .flatMap(({ quirks }) => quirks)
    .filter(({ withPasscode }) => !withPasscode || device.passcode)

export const hasQuirk = (device: QuirkSubject, id: QuirkId): boolean =>
  listQuirks(device).some((quirk) => quirk.id === id)
