import type { Offer } from '@/lib/virtual-lab/virtual-device'

/**
 * The releases of the story, oldest first. Versions and builds: mvt's `ios_versions.json`
 * (https://github.com/mvt-project/mvt). The sizes are invented.
 */
const releases = {
  '10.3.3': '14G60',
  '11.1': '15B93',
  '11.2': '15C114',
  '11.2.6': '15D100',
  '11.3': '15E216',
  '11.4': '15F79',
  '12.0': '16A366',
  '12.1': '16B92',
} as const
export type Release = keyof typeof releases

export const buildOf = (release: Release): string => releases[release]

export const productKeyOf = (release: Release): string => `iOSUpdate${buildOf(release)}`

/** What Apple offered every one of the devices while this release was the newest. */
export const offerOf = (release: Release): Offer => ({
  productKey: productKeyOf(release),
  version: release,
  build: buildOf(release),
  downloadBytes: 2_413_463_552,
  installBytes: 1_073_741_824,
})
