import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'

/** For tests only: the captured exchanges of KMFDDM v0.8.3, and a replay of them against a server. */
const folder = new URL('../../mdm/testdata/kmfddm/', import.meta.url)

const headers = z.union([
  z.record(z.string(), z.string()),
  z.array(z.string()).transform((lines) =>
    Object.fromEntries(
      lines.map((line) => {
        const [name = '', ...rest] = line.split(': ')
        return [name, rest.join(': ')] as const
      }),
    ),
  ),
])
const enqueued = z.object({ path: z.string(), request_body: z.string() })
const exchange = z.object({
  what: z.string(),
  request: z
    .object({ method: z.string(), path: z.string(), body: z.string().nullable() })
    .optional(),
  response: z.object({ status: z.number(), headers, body: z.string() }).optional(),
  then_enqueued: z.array(enqueued).optional(),
  device_checkin: z.object({ UDID: z.string(), Endpoint: z.string() }).optional(),
  mdm_answer: z.object({ status: z.number(), body: z.string() }).optional(),
  mdm_asked_ddm_server: z.array(z.object({ body: z.string() })).optional(),
})
export type Exchange = z.infer<typeof exchange> & { name: string }

const numberOf = (name: string) => Number(/^kmfddm-(\d+)-/.exec(name)?.[1] ?? 0)

const load = (name: string): Exchange => ({
  ...exchange.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))),
  name: name.replace('.json', ''),
})

const names = readdirSync(folder).filter((name) => name.endsWith('.json'))

/** One run in its order, without the polls of a device, which are NanoMDM's. */
export const run: readonly Exchange[] = names
  .filter((name) => numberOf(name) > 0)
  .toSorted((a, b) => numberOf(a) - numberOf(b))
  .map(load)
  .filter(({ response, mdm_answer }) => response ?? mdm_answer)

/**
 * The extra cases that hold after the run, in an order that works. `identifier-with-slash` is not one: its 204 is of a
 * storage in memory, and a KMFDDM on files answers 500.
 */
export const afterwards = [
  'status-report-index-0',
  'status-values-prefix-form',
  'status-report-by-id',
  'status-report-index-bad',
  'status-report-unknown-device',
  'activation-of-unknown',
  'same-id-other-type',
  'identifier-with-slash-get',
  'payload-array',
  'payload-null',
  'trailing-junk',
  'set-missing-get',
  'declaration-sets-missing-get',
  'delete-all-none',
  'put-set-nonotify-word',
] as const

/** What was asked while the MDM server was not there. */
export const whileServerIsGone = [
  'mdm-down-put-declaration',
  'mdm-down-put-set',
  'mdm-down-put-enrollment-set',
  'mdm-down-notify',
] as const

export const extra = (name: string): Exchange => load(`kmfddm-x-${name}.json`)

type Answer = { status: number; headers: Headers; body: string }

/** A server with two enrolled devices, and what happens around it. */
export type ReplayTarget = {
  call(exchange: Exchange): Promise<Answer>
  /** One DeclarativeManagement check-in of a device. */
  checkIn(id: string, endpoint: string, data: string | undefined): Promise<Omit<Answer, 'headers'>>
  /** What KMFDDM has queued at the MDM server since the last time, if that can be seen there. */
  takeEnqueued(): { ids: string; hasTokens: boolean }[] | undefined
}

/** The keys with which the captures were asked that do not have the right one. */
export const wrongKeys: Record<string, string> = {
  'kmfddm-02-no-credentials': '',
  'kmfddm-03-wrong-key': 'kmfddm:wrong',
  'kmfddm-04-wrong-user': 'nanomdm:lab-api-key',
}

/** The two devices of the captures. */
export const devicesOfRun: readonly string[] = [
  '5b56a1e6df74f60a3b0e249ad94045bed542901c',
  '8693dd5e715e701c50059ba46dbb20726d73ed38',
]

const hex = /(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/g
/** The Payload of a captured declaration has times of its own, which stay. */
const stamps = /("(?:Timestamp|status_received|timestamp)": ?")\d{4}-[^"]*Z"/g

/** Names what differs between runs by its first appearance, so that the same thing must reappear in the same places. */
export function createNames() {
  const known = new Map<string, string>()
  return {
    known,
    named: (text: string) =>
      text.replace(hex, (token) => {
        const name = known.get(token) ?? `hash-${known.size + 1}`
        known.set(token, name)
        return name
      }),
  }
}

/**
 * Without times and versions, and with lists sorted whose order is that of a Go map. The items are hashed in such an
 * order too, so that their DeclarationsToken is now and then another than that of `tokens`
 * (https://github.com/jessepeterson/kmfddm/blob/v0.8.3/storage/kv/ddm.go#L108).
 */
const settled = (given: string): string => {
  // A program that Go has built from its source calls its version unknown.
  const body = given
    .replace(stamps, '$1time"')
    .replace(/^{"version":"[^"]*"}$/, '{"version":"…"}')
    .replace(/^({"Declarations":.*"DeclarationsToken":")(?!ef46db3751d8e999)\w{16}"/s, '$1any"')
  if (!body.startsWith('{"') || !body.includes('"path"')) return body
  const perDevice = z.record(z.string(), z.array(z.unknown())).parse(JSON.parse(body))
  return JSON.stringify(
    Object.entries(perDevice).map(([id, list]) => [
      id,
      list.map((one) => JSON.stringify(one)).sort(),
    ]),
  )
}

const told = ['content-type', 'allow', 'www-authenticate', 'x-status-report-index']

const toldHeaders = (all: Headers) =>
  Object.fromEntries(told.map((name) => [name, all.get(name)] as const))

/** Both sides of one exchange in comparable form. Captured tokens that a device reports are given as they are here. */
export async function replay(
  target: ReplayTarget,
  one: Exchange,
  [theirs, ours]: [ReturnType<typeof createNames>, ReturnType<typeof createNames>],
) {
  const sent = one.mdm_asked_ddm_server?.[0]?.body
  if (one.device_checkin && one.mdm_answer) {
    const { UDID, Endpoint } = one.device_checkin
    const data = Endpoint === 'status' ? translated(sent ?? '', theirs, ours) : undefined
    const answer = await target.checkIn(UDID, Endpoint, data)
    return {
      captured: { status: one.mdm_answer.status, body: theirs.named(settled(one.mdm_answer.body)) },
      here: { status: answer.status, body: ours.named(settled(answer.body)) },
    }
  }
  if (!one.request || !one.response) throw new Error(`${one.name} has no answer`)
  const { status, headers: captured, body } = one.response
  const answer = await target.call(one)
  const queued = target.takeEnqueued()
  return {
    captured: {
      status,
      body: theirs.named(settled(body)),
      headers: toldHeaders(new Headers(captured)),
      ...(queued && { queued: (one.then_enqueued ?? []).map(enqueuedIn) }),
    },
    here: {
      status: answer.status,
      body: ours.named(settled(answer.body)),
      headers: toldHeaders(answer.headers),
      ...(queued && { queued }),
    },
  }
}

const enqueuedIn = ({ path, request_body }: z.infer<typeof enqueued>) => ({
  ids: path.replace('/v1/enqueue/', ''),
  hasTokens: request_body.includes('<key>Data</key>'),
})

const translated = (
  text: string,
  theirs: ReturnType<typeof createNames>,
  ours: ReturnType<typeof createNames>,
) =>
  text.replace(hex, (token) => {
    const name = theirs.known.get(token)
    return [...ours.known].find(([, known]) => known === name)?.[0] ?? token
  })
