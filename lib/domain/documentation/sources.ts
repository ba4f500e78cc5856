import type { Citation } from '../rules/rule'
import { mdmReference2018 } from '../rules/sources'

export { mdmReference2018 }

const repository = 'https://github.com/apple/device-management/blob'
/** The schema of iOS 18.1, the last one that could be read line by line. */
const schema181 = `${repository}/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/mdm/commands`

export type SchemaFile =
  | 'system.update.schedule'
  | 'system.update.status'
  | 'system.update.available'
  | 'information.device'
  | 'information.security'

/** A line of Apple's schema at 18.1. */
export const schemaLine = (file: SchemaFile, line: number | string, what: string): Citation => ({
  label: `Apple's schema at 18.1, ${what}`,
  url: `${schema181}/${file}.yaml#L${line}`,
})

const declarative181 = `${repository}/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/declarative`

/** A line of a file of Apple's declarative schema at 18.1, such as `status/softwareupdate.install-state`. */
export const declarativeLine = (file: string, line: number | string, what: string): Citation => ({
  label: `Apple's schema at 18.1, ${what}`,
  url: `${declarative181}/${file}.yaml#L${line}`,
})

/** The same file in a later state of the schema. */
export const laterDeclarative = (
  at: { commit: string; os: string },
  file: string,
  what: string,
): Citation => ({
  label: `Apple's schema at ${at.os}, ${what}`,
  url: `${repository}/${at.commit}/declarative/${file}.yaml`,
})

/** The same file at 26, where the update commands are marked as deprecated. */
export const schemaOf26 = (file: SchemaFile, what: string): Citation => ({
  label: `Apple's schema at 26, ${what}`,
  url: `${repository}/0a4527c5/mdm/commands/${file}.yaml`,
})

/** The keys of every response. */
export const responseObject: Citation = {
  label: 'Apple, DeviceInformationResponse',
  url: 'https://developer.apple.com/documentation/devicemanagement/deviceinformationresponse',
}
export const errorChainItem: Citation = {
  label: 'Apple, DeviceInformationResponse.ErrorChainItem',
  url: 'https://developer.apple.com/documentation/devicemanagement/deviceinformationresponse/errorchainitem',
}

const radar = (number: number, issue: number): Citation => ({
  label: `radar ${number}`,
  url: `https://github.com/lionheart/openradar-mirror/issues/${issue}`,
})
export const radarIntegerIsDownloaded = radar(45414737, 20593)
export const radarErrorThoughStarted = radar(45414692, 20595)
export const radarsNothingAvailable = [radar(39170807, 19571), radar(39591791, 19665)]
export const macSentRealSize: Citation = {
  label: 'MicroMDM, Updating to Mojave? (2018)',
  url: 'https://github.com/micromdm/website/blob/c52bec22/content/blog/os_update.md',
}
