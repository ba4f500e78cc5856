/** The InstallActions that Apple allows on iOS, iPadOS and tvOS: https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml */
export const installActions = ['Default', 'DownloadOnly', 'InstallASAP'] as const
export type InstallAction = (typeof installActions)[number]

const schema =
  'https://github.com/apple/device-management/blob/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/mdm/commands/system.update.schedule.yaml'

/** What each action does on iOS, iPadOS and tvOS, by Apple's schema at 18.1. */
export const installActionInfo: Record<InstallAction, string> = {
  Default: 'Downloads what is not downloaded yet; installs what is.',
  DownloadOnly: 'Downloads, and installs nothing.',
  InstallASAP: 'Installs what is already downloaded; it does not download.',
}

export const installActionCite = {
  label: "Apple's schema at 18.1, InstallAction",
  url: `${schema}#L69-L84`,
}

/** Every device that knows the command understands ProductKey; ProductVersion was introduced later (rule Q7). */
export const targetCite = {
  label: 'ProductKey and ProductVersion',
  url: `${schema}#L52-L68`,
}

/** The declaration and its keys, with the versions that have them. */
export const declarationCite = {
  label: "Apple's schema at 18.1, softwareupdate.enforcement.specific",
  url: 'https://github.com/apple/device-management/blob/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml',
}
