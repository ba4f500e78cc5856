import type { Citation } from '../rules/rule'
import type { InstallAction } from './protocol'

const schema =
  'https://github.com/apple/device-management/blob/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/mdm/commands/system.update.schedule.yaml'

/** What Apple's schema at 18.1 says each action does on iOS, iPadOS and tvOS. */
export const installActionInfo: Record<InstallAction, string> = {
  Default: 'Downloads what is not downloaded yet; installs what is.',
  DownloadOnly: 'Downloads, and installs nothing.',
  InstallASAP: 'Installs what is already downloaded; it does not download.',
}

export const installActionCite: Citation = {
  label: "Apple's schema at 18.1, InstallAction",
  url: `${schema}#L69-L84`,
}

/** ProductKey is understood wherever the command is; ProductVersion came later (rule Q7). */
export const targetCite: Citation = {
  label: 'ProductKey and ProductVersion',
  url: `${schema}#L52-L68`,
}
