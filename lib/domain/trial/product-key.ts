import { isBuild } from '../device/os-build'

/**
 * The build inside a product key of iOS or tvOS: "iOSUpdate17A576" names 17A576. Undefined for keys of
 * another form (https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml#L52).
 */
export function buildOfProductKey(key: string): string | undefined {
  const named = /^[A-Za-z]{1,40}Update(.+)$/.exec(key)?.[1]
  return named !== undefined && isBuild(named) ? named : undefined
}
