import { z } from 'zod'
import { readPlist } from '../plist/plist'
import { rootOf, textOf, under } from '../plist-fields'

const flag = z.boolean().optional().catch(undefined)
const configuration = z.object({
  // What has no name cannot be one of ours.
  identifier: z.string().catch('one without a name'),
  active: flag,
  valid: z.string().optional().catch(undefined),
  _removed: flag,
})
const report = z.object({
  FullReport: flag,
  StatusItems: z.object({
    management: z.object({
      declarations: z.object({ configurations: z.array(configuration) }),
    }),
  }),
})

/** What a status report says of configurations. A partial report names only those that have changed. */
type ReportedConfigurations = { isFull: boolean; active: string[]; gone: string[] }

/** Reads a status report out of the plist of its check-in; undefined for a check-in that says nothing of configurations. */
export function readConfigurations(checkin: Uint8Array): ReportedConfigurations | undefined {
  const plist = readPlist(checkin)
  if (!plist.ok) return undefined
  const root = rootOf(plist.value, [])
  const data = under(root, 'Data').value
  if (textOf(under(root, 'Endpoint'))?.trim() !== 'status' || data?.type !== 'data')
    return undefined
  const read = report.safeParse(parsed(data.value))
  if (!read.success) return undefined
  const all = read.data.StatusItems.management.declarations.configurations
  const isActive = ({ active, valid, _removed }: (typeof all)[number]) =>
    active === true && valid !== 'invalid' && _removed !== true
  return {
    isFull: read.data.FullReport === true,
    active: all.filter(isActive).map(({ identifier }) => identifier),
    gone: all.filter((one) => !isActive(one)).map(({ identifier }) => identifier),
  }
}

/** The active configurations after these reports, the oldest first. */
export function activeAfter(reports: readonly ReportedConfigurations[]): string[] {
  const active = new Set<string>()
  for (const one of reports) {
    if (one.isFull) active.clear()
    for (const name of one.gone) active.delete(name)
    for (const name of one.active) active.add(name)
  }
  return [...active]
}

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
