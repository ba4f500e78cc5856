import type { Offer } from '@/lib/virtual-lab/virtual-device'

/**
 * The releases of the demo's trials, oldest first. Versions and builds: until 12.1 mvt's `ios_versions.json`
 * (https://github.com/mvt-project/mvt), from 26.5 SOFA (https://github.com/macadmins/sofa). The sizes are invented.
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
  '26.5': '23F77',
  '26.6.1': '23G83',
} as const
export type Release = keyof typeof releases

export const buildOf = (release: Release): string => releases[release]

export const productKeyOf = (release: Release): string => `iOSUpdate${buildOf(release)}`

/** What Apple offered each of the devices while this release was the newest. */
export const offerOf = (release: Release): Offer => ({
  productKey: productKeyOf(release),
  version: release,
  build: buildOf(release),
  downloadBytes: 2_413_463_552,
  installBytes: 1_073_741_824,
})
