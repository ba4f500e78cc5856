/** Platforms that ever had ScheduleOSUpdate and can be in this lab (macOS is left out on purpose). */
export const platforms = ['iOS', 'iPadOS', 'tvOS'] as const
export type Platform = (typeof platforms)[number]

/** Which half of the lab a row belongs to. The two are never mixed in one number. */
export const environments = ['real', 'simulated'] as const
export type Environment = (typeof environments)[number]

/** Apple TV has neither battery nor passcode, so nobody can report them (https://docs.iru.com/en/endpoint/devices/ios-ipados-managed-os-user-experience). */
export const hasBattery = (platform: Platform) => platform !== 'tvOS'
export const hasPasscode = (platform: Platform) => platform !== 'tvOS'
