import { z } from 'zod'
import type { Call } from '../server-call'
import { withoutAnswer } from '../server-call'
import type { DeclarationApi } from '../server-kinds'
import { noAnswerIn } from '../settle'
import { errorIn, notOfApi } from './answers'
import {
  type DeclarationBytes,
  declarationsOf,
  type Enforcement,
  type HeldBytes,
  type NotRead,
  type Pair,
  type ServerHolds,
} from './declaration-server'
import { maxAnswerBytes, readNames, readSets } from './held-sets'
import { enforcementProblem } from './steps'

/** Reads back everything that the steps of an enforcement write, and what else the device is to have. */
export async function readHeld(
  call: Call,
  api: DeclarationApi,
  e: Enforcement,
): Promise<ServerHolds | NotRead> {
  const problem = enforcementProblem(e)
  if (problem !== undefined) return { ok: false, reason: problem }
  const pair = await readPair(call, api, e)
  if ('ok' in pair) return pair
  const subscription = e.subscription && (await readPair(call, api, e.subscription))
  if (subscription && 'ok' in subscription) return subscription
  const members = await readNames(call, api, `/set-declarations/${e.set}`)
  if (!members.ok) return members
  const held = await readSets(call, api, e.enrollmentId)
  if (!held.ok) return held
  const own = declarationsOf(e).map(({ identifier }) => identifier)
  const inSet = ({ configuration, activation }: Pair<DeclarationBytes>) => ({
    configuration: members.names.includes(configuration.identifier),
    activation: members.names.includes(activation.identifier),
  })
  const otherSets = held.sets.filter(({ set }) => set !== e.set)
  const others = otherSets.flatMap(({ declarations }) => declarations)
  return {
    ok: true,
    at: new Date(),
    ...pair,
    ...(subscription && { subscription }),
    inSet: {
      ...inSet(e),
      ...(e.subscription && { subscription: inSet(e.subscription) }),
      others: members.names.filter((name) => !own.includes(name)),
    },
    attached: held.attached.includes(e.set),
    otherSets,
    foreignUpdates: [
      ...new Set(
        others.filter(({ aboutUpdates }) => aboutUpdates).map(({ identifier }) => identifier),
      ),
    ],
    leftOut: held.leftOut,
  }
}

async function readPair(
  call: Call,
  api: DeclarationApi,
  wanted: Pair<DeclarationBytes>,
): Promise<Pair<HeldBytes> | NotRead> {
  const configuration = await readDeclaration(call, api, wanted.configuration)
  if ('ok' in configuration) return configuration
  const activation = await readDeclaration(call, api, wanted.activation)
  return 'ok' in activation ? activation : { configuration, activation }
}

const stored = z.object({
  Type: z.string(),
  Identifier: z.string(),
  Payload: z.unknown(),
  ServerToken: z.string().optional(),
})

async function readDeclaration(
  call: Call,
  { name, base }: DeclarationApi,
  wanted: DeclarationBytes,
): Promise<HeldBytes | NotRead> {
  const path = `${base}/declarations/${wanted.identifier}`
  const answer = await call('GET', path, undefined, { maxAnswerBytes })
  if ('failed' in answer)
    return { ok: false, reason: withoutAnswer(answer, name), ...noAnswerIn(answer) }
  const { httpStatus, body } = answer
  if (httpStatus === 404 && errorIn(body)?.startsWith('declaration not found'))
    return { is: 'absent', body }
  const read = httpStatus === 200 ? declarationIn(body) : undefined
  if (!read) return { ok: false, reason: notOfApi(name, answer) }
  const is = isSame(read, declarationIn(Buffer.from(wanted.json).toString())) ? 'same' : 'other'
  return { is, body, ...(read.ServerToken !== undefined && { serverToken: read.ServerToken }) }
}

type Stored = z.infer<typeof stored>

function declarationIn(text: string): Stored | undefined {
  try {
    return stored.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * Whether the server holds this declaration. It compares the bytes of the payload and gives them with its own white
 * space and escapes, so the order of the keys and the values are compared: JSON.parse keeps both.
 */
const isSame = (held: Stored, wanted: Stored | undefined): boolean =>
  wanted !== undefined &&
  held.Type === wanted.Type &&
  held.Identifier === wanted.Identifier &&
  JSON.stringify(held.Payload) === JSON.stringify(wanted.Payload)
