import type { Citation } from '@/lib/domain/rules/rule'

/** A bug report to Apple, in the public mirror. */
export const radar = (number: number, issue: number): Citation => ({
  label: `radar ${number}`,
  url: `https://github.com/lionheart/openradar-mirror/issues/${issue}`,
})

/** Apple's schema of iOS 18.1 and macOS 15.1. */
export const schema = (file: string): Citation => ({
  label: `Apple's schema, ${file}`,
  url: `https://github.com/apple/device-management/blob/b6202ca/mdm/commands/${file}.yaml`,
})

/** Apple's schema of the enforcement configuration, as of a commit. */
export const enforcementSchema = (commit: string): Citation => ({
  label: `Apple's schema, softwareupdate.enforcement.specific at ${commit}`,
  url: `https://github.com/apple/device-management/blob/${commit}/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml`,
})

/** Apple's schema of a status item of software updates, as of a commit. */
export const statusSchema = (commit: string, item: string): Citation => ({
  label: `Apple's schema, softwareupdate.${item} at ${commit}`,
  url: `https://github.com/apple/device-management/blob/${commit}/declarative/status/softwareupdate.${item}.yaml`,
})

/** The archived MDM Protocol Reference of 2018. */
export const protocolReference: Citation = {
  label: 'MDM Protocol Reference (2018)',
  url: 'https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference',
}

/** NanoMDM v0.9.0's own source. */
export const nanomdm = (file: string): Citation => ({
  label: `NanoMDM v0.9.0, ${file}`,
  url: `https://github.com/micromdm/nanomdm/blob/v0.9.0/${file}`,
})

/** KMFDDM v0.8.3's own source. */
export const kmfddm = (file: string): Citation => ({
  label: `KMFDDM v0.8.3, ${file}`,
  url: `https://github.com/jessepeterson/kmfddm/blob/v0.8.3/${file}`,
})

export const fleetsmith: Citation = {
  label: 'ScheduleOSUpdate: Hitting a Moving Target (2018)',
  url: 'https://medium.com/fleetsmith/scheduleosupdate-hitting-a-moving-target-cabfeca9fc3',
}
