import { createHash } from 'node:crypto'
import { keepEvents } from '@/lib/core/ingest/keep-events'
import { readKeptEvent } from '@/lib/core/ingest/read-kept-event'
import { deliver } from '@/lib/core/release/deliver'
import { createLanes, type Lanes } from '@/lib/core/release/send-lanes'
import { type FoundHoldings, findHoldings } from '@/lib/core/release/server-holdings'
import { tendDeclarations } from '@/lib/core/release/settle-declaration'
import { startAttempts } from '@/lib/core/shared/failure'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { proveByPassword } from '@/lib/credentials/prove'
import type { Db } from '@/lib/db/client'
import { type Command, listDueCommands } from '@/lib/db/queries/trials/commands'
import { insertProof } from '@/lib/db/queries/trials/signatures'
import { endTurn, takeTurns, transact } from '@/lib/db/transact'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { declarationsThrough } from '@/lib/mdm/declarations/client'
import { nanomdmThrough } from '@/lib/mdm/nanomdm'
import type { Call } from '@/lib/mdm/server-call'
import { declarationApis, serverTraits, virtualServerKind } from '@/lib/mdm/server-kinds'
import { createClock } from '@/lib/virtual-lab/clock'
import { kmfddmPath } from '@/lib/virtual-lab/http-exchange'
import { answerDeclarations } from '@/lib/virtual-lab/kmfddm/beside-nanomdm'
import { createLab, type Lab } from '@/lib/virtual-lab/lab'
import type { LabState } from '@/lib/virtual-lab/lab-state'
import { answerNanomdm } from '@/lib/virtual-lab/nanomdm-api'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { type LabEvent, webhookBody } from '@/lib/virtual-lab/webhook'
import type { Witness } from '@/lib/witness/witness'
import { judgeStale, keepUp } from '@/lib/worker/carry-on'

/** Somebody of the demo's people, whose password the filling of the lab has just made. */
export type Player = { actor: Actor; password: string }

export type StageSetting = {
  db: Db
  serverId: string
  /** The virtual devices as they are before the story. */
  state: LabState
  /** Those of the story: only what is due for them is sent here. The worker sends to the others, once it runs. */
  enrollmentIds: readonly string[]
  beginsAt: Date
  witness: Witness
}

/** Where the story plays: Oneway's own services, a virtual lab in this process, and a clock of their own. */
export type Stage = {
  /** The transaction of the scene, or the database between two. */
  readonly tx: Db
  /** Plays one scene, such as a whole trial, in one transaction: the lab has all of it or nothing. */
  scene<T>(run: () => Promise<T>): Promise<T>
  lab: Lab
  /** What the server of declarations holds for the device of a trial, which a release of a declaration rests on. */
  holdings(trialId: string): Promise<FoundHoldings>
  now(): Date
  /** Runs one person's action with the time of the stage; what it writes is in the audit trail under their name. */
  act<T>(action: (now: Date) => Promise<T>): Promise<T>
  /** Makes a proof as the form does, for this act on this trial. */
  prove(player: Player, act: SignatureAct, trialId: string): Promise<string>
  /** Lets time pass at the device; what is due is sent at its end, and what the devices send is stored and read. */
  pass(minutes: number): Promise<void>
  /** One round of the worker: deadlines, scheduled queries, stale verdicts, what becomes of declarations. */
  work(): Promise<void>
  /** Goes on at a later moment, between which nothing is under way. */
  moveTo(at: Date): Promise<void>
  /** Stores and reads what the devices have sent, and sends nothing. */
  receive(): Promise<unknown>
  device(labTag: string): VirtualDevice
}

const minuteMs = 60_000
/** A device polls half a second after a push. */
const answerMs = 1_000
/** A query has four questions, each asked when the one before it is answered. */
const maxTurns = 20
/** At this speed of its clock a device of the virtual lab polls every ten minutes, where nobody pushes. */
const labSpeed = 600

/** Pushes are part of each delivery here. */
const noLanes: Lanes = {
  add: () => false,
  isBusy: () => false,
  idle: async () => undefined,
  drop: () => undefined,
}

export function openStage(setting: StageSetting): Stage {
  const { db, serverId, state, enrollmentIds, beginsAt, witness } = setting
  let tx = db
  let time = beginsAt.getTime()
  const now = () => new Date(time)
  const events: LabEvent[] = []
  // The lab moves `state` on.
  const startAt = state.at
  const lab = createLab(state, {
    clock: createClock(
      () => (time - beginsAt.getTime()) / labSpeed,
      startAt,
      labSpeed,
      (at) => beginsAt.getTime() + at - startAt,
    ),
    send: (event) => events.push(event),
    save: () => undefined,
  })
  const servers = serversOf(lab)
  const nextBody = bodiesOf(state.seed, now)
  const proofs = proofsOf()

  const ids = new Set(enrollmentIds)
  const isOfTheStory = ({ enrollmentId }: Command) => ids.has(enrollmentId)
  let [isProgram, mayBeDue] = [false, false]
  const act: Stage['act'] = async (action) => {
    await endTurn(tx, systemActor)
    isProgram = false
    mayBeDue = true
    return action(now())
  }
  const program: Stage['act'] = async (action) => {
    if (!isProgram) await endTurn(tx, systemActor)
    isProgram = true
    return action(now())
  }
  const takeEvents = async () => {
    const taken = events.splice(0)
    if (taken.length === 0) return 0
    const received = taken.map((event) => ({ serverId, body: nextBody(event), at: now() }))
    for (const id of await program(() => keepEvents(tx, received)))
      if (id !== undefined) await program((at) => readKeptEvent(tx, id, at))
    return taken.length
  }
  const sendDue = async () => {
    const due = (await listDueCommands(tx, serverId, now())).filter(isOfTheStory)
    for (const { commandUuid } of due)
      await program(() => deliver(tx, servers, commandUuid, now, { witness }))
    return due.length
  }
  /** Sends and receives until nothing more comes of it. */
  const settle = async () => {
    lab.advance()
    // While a download runs, minute after minute, nothing is reserved and nothing is received.
    if (!mayBeDue && events.length === 0) return
    mayBeDue = false
    for (let turn = 0; turn < maxTurns; turn += 1) {
      const moved = (await takeEvents()) + (await sendDue())
      if (moved === 0) return
      time += answerMs
      lab.advance()
    }
  }
  return {
    get tx() {
      return tx
    },
    scene: (run) =>
      transact(db, systemActor, async (own) => {
        await takeTurns(own)
        ;[tx, isProgram] = [own, false]
        return run().finally(() => {
          tx = db
        })
      }),
    lab,
    async holdings(trialId) {
      const found = await program(() => findHoldings(tx, servers, trialId))
      if ('status' in found) throw new Error(found.reason)
      return found
    },
    now,
    act,
    prove: (player, about, trialId) => act((at) => proofs(tx, player, about, trialId, at)),
    async pass(minutes) {
      time += minutes * minuteMs
      await settle()
    },
    async work() {
      const { attempt, errors } = startAttempts()
      const round = { db: tx, servers, clock: now, pushes: noLanes }
      await program(() => keepUp(round, attempt))
      await program((at) => judgeStale(round.db, at))
      const sends = createLanes({ report: (error) => errors.push(error) })
      await program(() => tendDeclarations({ ...round, sends }, attempt))
      await sends.idle()
      mayBeDue = true
      if (errors.length > 0) throw new AggregateError(errors, 'the round of the worker failed')
      await settle()
    },
    async moveTo(at) {
      if (at.getTime() < time) throw new Error(`the story is past ${at.toISOString()} already`)
      time = at.getTime()
      await settle()
    },
    receive: takeEvents,
    device(labTag) {
      const found = Object.values(lab.state().devices).find((one) => one.labTag === labTag)
      if (!found) throw new Error(`the story has no device ${labTag}`)
      return found
    },
  }
}

const apiKey = 'demo'

/** The virtual lab's HTTP APIs, without the socket. */
function serversOf(lab: Lab): MdmServers {
  const server = {
    ...nanomdmThrough(callOf(lab, serverTraits[virtualServerKind].apiUser, '', answerNanomdm)),
    declarations: declarationsThrough(
      callOf(lab, declarationApis.beside.apiUser, kmfddmPath, answerDeclarations),
      'beside',
    ),
  }
  return async () => server
}

const callOf =
  (lab: Lab, user: string, prefix: string, answer: typeof answerNanomdm): Call =>
  async (method, target, body = new Uint8Array()) => {
    const [path = '', query = ''] = target.split('?', 2)
    const authorization = `Basic ${Buffer.from(`${user}:${apiKey}`).toString('base64')}`
    const request = {
      ...{ method, path: `${prefix}${path}`, authorization, body },
      query: new URLSearchParams(query),
    }
    const { status, body: text } = answer(lab, apiKey, request)
    return { httpStatus: status, body: text }
  }

/** The bodies the webhook would post; each event has a time and an id of its own. */
function bodiesOf(seed: string, now: () => Date): (event: LabEvent) => Uint8Array {
  let [count, last] = [0, 0n]
  return (event) => {
    const at = BigInt(now().getTime()) * 1_000_000n
    last = at > last ? at : last + 7_013n
    count += 1
    const eventId = createHash('sha256').update(`${seed} event ${count}`).digest('hex').slice(0, 16)
    return Buffer.from(webhookBody(event, { createdAtNs: last, eventId }))
  }
}

/** The password is checked the first time that somebody signs; the filling of the lab has it all along. */
function proofsOf() {
  const proved = new Set<string>()
  return async (
    tx: Db,
    { actor, password }: Player,
    act: SignatureAct,
    subjectId: string,
    at: Date,
  ): Promise<string> => {
    const known = proved.has(actor.id) || (await proveByPassword(tx, actor, { password }, at))
    if (known !== true && known.status === 'refused') throw new Error(known.reason)
    proved.add(actor.id)
    const about = { byId: actor.id, method: 'password', act, subjectId, at } as const
    return transact(tx, actor, (own) => insertProof(own, about))
  }
}
