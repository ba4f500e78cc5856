import { keepEvents } from '@/lib/core/ingest/keep-events'
import { later } from '@/lib/core/testing/people'
import { peekIdle } from '@/lib/mdm/event'
import { redactBody } from '@/lib/mdm/redact-body'
import { createClock } from '@/lib/virtual-lab/clock'
import { kmfddmPath } from '@/lib/virtual-lab/http-exchange'
import { setsOfEnrollment } from '@/lib/virtual-lab/kmfddm/declaration-store'
import { createLab } from '@/lib/virtual-lab/lab'
import { createNanomdmServer } from '@/lib/virtual-lab/nanomdm-server'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { createStamps, webhookBody } from '@/lib/virtual-lab/webhook'
import { type Bench, type Program, tolerate } from '../bench-trip'
import { oneDevice } from './virtual-device'
import { type WireLine, wireOf, writeWire } from './wire'

const apiKey = 'virtual-kmfddm-key'

/** Longer than a virtual device takes after a push. */
const comesWithinMs = 2_000

export type SteppedKmfddm = Awaited<ReturnType<typeof startSteppedKmfddm>>

/**
 * Starts a virtual lab with its KMFDDM in this process. Its devices come only when the test says so, at `at`, the clock of
 * the program; each request takes a moment of that.
 */
export async function startSteppedKmfddm(at: { seconds: number }) {
  const nowMs = () => later(at.seconds).getTime()
  const stamp = createStamps(nowMs)
  const lines: WireLine[] = []
  const bodies: Buffer[] = []
  let passed = 0
  const lab = createLab(oneDevice(), {
    clock: createClock(() => passed, 0, 1, nowMs),
    send: (event) => {
      wire.sent(event)
      bodies.push(Buffer.from(webhookBody(event, stamp())))
    },
    save: () => undefined,
  })
  const wire = writeWire(
    (line) => lines.push(line),
    () => lab.state(),
  )
  const arrives: typeof wire.arrives = (request) => {
    at.seconds += 0.01
    wire.arrives(request)
  }
  const server = createNanomdmServer(lab, apiKey, { watch: { ...wire, arrives } })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  lab.enrolOnce()
  bodies.length = 0
  return {
    ...{ url, apiKey, declarationsUrl: `${url}${kmfddmPath}` },
    add: (device: VirtualDevice) => void lab.add(device),
    /** The devices that were pushed come, and what they sent is posted once, as it came. */
    come: async (program: Program, bench: Bench): Promise<void> => {
      passed += comesWithinMs
      lab.advance()
      for (const body of bodies.splice(0)) await post(program, bench, body)
    },
    wire: (enrollmentId: string, set: string) => wireOf(lines, enrollmentId, set),
    holds: async (enrollmentId: string) => {
      const { declarations } = lab.state()
      return {
        attached: setsOfEnrollment(declarations, enrollmentId),
        declarations: Object.keys(declarations.declarations),
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Of an idle poll only the time is kept, and of a body with secrets its redacted form. */
async function post(program: Program, bench: Bench, body: Buffer): Promise<void> {
  const at = program.clock()
  const stored = await tolerate(async () => {
    await keepEvents(program.db, [{ serverId: bench.device.mdmServerId, body, at }])
    return true
  })
  if (stored && peekIdle(body) === undefined)
    bench.acknowledged.push(Buffer.from(redactBody(body) ?? body).toString('hex'))
}
