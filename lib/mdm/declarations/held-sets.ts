import { z } from 'zod'
import { enrollmentIdProblem } from '../enrollment'
import type { Call } from '../server-call'
import { withoutAnswer } from '../server-call'
import type { DeclarationApi } from '../server-kinds'
import { noAnswerIn } from '../settle'
import { errorIn, namesIn, notOfApi } from './answers'
import type { HeldDeclaration, HeldSets, NotRead } from './declaration-server'

/** Larger than for other calls: a declaration may hold a certificate or a whole profile. */
export const maxAnswerBytes = 1024 * 1024
/** More than a lab device has; beyond it the result says how much is left out. */
const maxSets = 20
const maxDeclarations = 60
/** For all requests of one look; a server that answers slowly is not asked for more. */
const maxLookMs = 30_000

/** Of every type of declaration about software updates: https://github.com/apple/device-management/tree/b6202ca/declarative/declarations/configurations */
const ofUpdates = 'com.apple.configuration.softwareupdate.'

const declaration = z.object({ Type: z.string() })

/** Reads the sets of a device and the type of every declaration in them, one request after the other. */
export async function readSets(
  call: Call,
  api: DeclarationApi,
  enrollmentId: string,
): Promise<HeldSets | NotRead> {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return { ok: false, reason: problem }
  const list = await readNames(call, api, `/enrollment-sets/${enrollmentId}`)
  if (!list.ok) return list
  const until = performance.now() + maxLookMs
  const known = new Map<string, HeldDeclaration>()
  const sets: HeldSets['sets'] = []
  let leftOut = Math.max(0, list.names.length - maxSets)
  for (const set of list.names.slice(0, maxSets)) {
    const found = await readNames(call, api, `/set-declarations/${encodeURIComponent(set)}`)
    if (!found.ok) return found
    const declarations: HeldDeclaration[] = []
    for (const identifier of found.names) {
      const before = known.get(identifier)
      const full = known.size >= maxDeclarations || performance.now() > until
      if (before === undefined && full) {
        leftOut += 1
        continue
      }
      const held = before ?? (await readType(call, api, identifier))
      if ('ok' in held) return held
      known.set(identifier, held)
      declarations.push(held)
    }
    sets.push({ set, declarations })
  }
  return { ok: true, attached: list.names, sets, leftOut }
}

export const readNames = async (call: Call, api: DeclarationApi, path: string) =>
  namesIn(api.name, await call('GET', `${api.base}${path}`, undefined, { maxAnswerBytes }))

async function readType(
  call: Call,
  { name, base }: DeclarationApi,
  identifier: string,
): Promise<HeldDeclaration | NotRead> {
  const path = `${base}/declarations/${encodeURIComponent(identifier)}`
  const answer = await call('GET', path, undefined, { maxAnswerBytes })
  if ('failed' in answer)
    return { ok: false, reason: withoutAnswer(answer, name), ...noAnswerIn(answer) }
  // An identifier with a slash is taken, and can never be asked for.
  if (answer.httpStatus === 404) return { identifier, aboutUpdates: false }
  const type = answer.httpStatus === 200 ? typeIn(answer.body) : undefined
  if (type !== undefined) return { identifier, type, aboutUpdates: type.startsWith(ofUpdates) }
  const said = errorIn(answer.body)
  return {
    ok: false,
    reason: `${identifier} could not be read: ${said ?? notOfApi(name, answer)}`,
  }
}

function typeIn(body: string): string | undefined {
  try {
    return declaration.safeParse(JSON.parse(body)).data?.Type
  } catch {
    return undefined
  }
}
