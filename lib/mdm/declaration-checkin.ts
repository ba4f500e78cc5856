import { z } from 'zod'
import type { PlistValue } from './plist/value'
import { rootOf, textOf, under } from './plist-fields'

/**
 * What a DeclarativeManagement check-in shows of software-update declarations on the device. `active` is
 * undefined where it shows that configurations are there and not of which kind.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/declarativemanagement.yaml
 */
export type DeclarationsSeen = { active: boolean | undefined; reason: string }

/** `seen` is undefined where the message says nothing about it; `about` tells in words what it was. */
export type DeclarationCheckin = { about: string; seen?: DeclarationsSeen }

export function readDeclarationCheckin(plist: PlistValue): DeclarationCheckin {
  const root = rootOf(plist, [])
  const endpoint = textOf(under(root, 'Endpoint'))?.trim() ?? ''
  if (endpoint === 'status') return ofStatus(under(root, 'Data').value)
  const [what, kind, identifier] = endpoint.split('/')
  if (what !== 'declaration')
    return { about: `it asked for ${endpoint || 'nothing that it names'}` }
  const about = `it fetched the ${kind ?? ''} ${identifier ?? ''}`.trimEnd()
  if (kind !== 'configuration') return { about }
  const reason = `${about}, and the MDM server does not tell whether that is one for a software update`
  return { about, seen: { active: undefined, reason } }
}

// Only what is looked at; devices leave items out, and only changed ones are reported.
const text = z.string().optional().catch(undefined)
const configuration = z.object({ identifier: text, active: z.unknown(), valid: text })
const status = z.object({
  StatusItems: z.object({
    management: z
      .object({ declarations: z.object({ configurations: z.array(configuration) }) })
      .optional()
      .catch(undefined),
    softwareupdate: z
      .object({
        'pending-version': z.object({ 'target-local-date-time': text }).optional().catch(undefined),
        'install-reason': z
          .object({
            reason: z.array(z.string()).optional().catch(undefined),
            'declaration-id': text,
          })
          .optional()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
})
type Items = z.infer<typeof status>['StatusItems']

function ofStatus(data: PlistValue | undefined): DeclarationCheckin {
  if (data?.type !== 'data') return { about: 'a status report without its data' }
  const read = status.safeParse(parsed(data.value))
  if (!read.success) return { about: 'a status report that is not as Apple documents it' }
  const seen = seenIn(read.data.StatusItems)
  return { about: 'a status report', ...(seen && { seen }) }
}

/** An update that a declaration enforces has a target time, or names its declaration or its reason. */
function seenIn({ softwareupdate, management }: Items): DeclarationsSeen | undefined {
  const at = softwareupdate?.['pending-version']?.['target-local-date-time']
  const reason = softwareupdate?.['install-reason']
  const id = reason?.['declaration-id']
  if (id) return { active: true, reason: `its status report names the declaration ${id}` }
  if (at) return { active: true, reason: `its status report names the time ${at} to install by` }
  if (reason?.reason?.includes('declaration'))
    return { active: true, reason: 'its status report gives a declaration as the reason' }
  if (!management) return undefined
  const active = management.declarations.configurations.filter(
    (one) => one.active === true && one.valid !== 'invalid',
  )
  if (active.length === 0)
    return { active: false, reason: 'its status report lists no active configuration' }
  const names = active.map(({ identifier }) => identifier ?? 'one without a name').slice(0, 5)
  return {
    active: undefined,
    reason: `its status report lists active configurations (${names.join(', ')}) and not whether one is for a software update`,
  }
}

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
