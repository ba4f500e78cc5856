import { createHash } from 'node:crypto'
import type { Bench } from '../bench'
import {
  addToSet,
  attachSet,
  type Changed,
  type DeclarationStore,
  detachSet,
  putDeclaration,
} from '../kmfddm/declaration-store'
import { notify } from '../kmfddm/notify'
import type { DeviceAction } from '../lab-state'
import { zoneOf } from '../virtual-device'
import type { EnqueuedCommand } from '../wire'
import { localText } from './local-time'

type Step = {
  id: string
  action: Extract<DeviceAction, { kind: 'declare' | 'withdraw' }>
  /** Virtual ms. */
  at: number
}

export type Enqueue = (command: EnqueuedCommand) => void

const prefix = 'scenario.'

const changed = (store: DeclarationStore, change: (store: DeclarationStore) => Changed) =>
  change(store) ?? store

/** The set of one scripted declaration: a device may have several at once. */
const setOf = (id: string, at: number) => `${prefix}${id}.${at}`

/** The configuration, its activation and their set, as a client of KMFDDM stores them. */
const declared = (bench: Bench, { id, action, at }: Step): DeclarationStore => {
  const before = bench.state.declarations
  const device = bench.state.devices[id]
  if (action.kind !== 'declare' || !device) return before
  const set = setOf(id, at)
  const [enforce, activate] = [`${set}.enforce`, `${set}.activate`]
  const date = bench.ports.clock.calendarAt(at) + action.inMinutes * 60_000
  const configuration = {
    TargetOSVersion: action.targetVersion,
    TargetBuildVersion: action.targetBuild,
    TargetLocalDateTime: localText(date, zoneOf(device)),
    DetailsURL: action.detailsUrl,
  }
  const puts: ((store: DeclarationStore) => Changed)[] = [
    (store) =>
      putDeclaration(store, {
        identifier: enforce,
        type: 'com.apple.configuration.softwareupdate.enforcement.specific',
        payload: JSON.stringify(configuration),
      }),
    (store) =>
      putDeclaration(store, {
        identifier: activate,
        type: 'com.apple.activation.simple',
        payload: JSON.stringify({ StandardConfigurations: [enforce] }),
      }),
    (store) => addToSet(store, set, enforce),
    (store) => addToSet(store, set, activate),
    (store) => attachSet(store, id, set),
  ]
  return puts.reduce(changed, before)
}

const withdrawn = ({ state }: Bench, id: string): DeclarationStore => {
  const mine = (state.declarations.enrollmentSets[id] ?? []).filter((set) => set.startsWith(prefix))
  const last = mine.toSorted((a, b) => Number(b.split('.').at(-1)) - Number(a.split('.').at(-1)))[0]
  return last === undefined
    ? state.declarations
    : changed(state.declarations, (store) => detachSet(store, id, last))
}

const uuidOf = (words: string) =>
  createHash('sha1')
    .update(words)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

/** A step of a script at the lab's own KMFDDM, with a CommandUUID that is the same in every run. */
export function playDeclaration(bench: Bench, step: Step, enqueue: Enqueue): void {
  const { id, action, at } = step
  const after = action.kind === 'declare' ? declared(bench, step) : withdrawn(bench, id)
  if (after === bench.state.declarations) return
  bench.state.declarations = after
  if (bench.state.server.declarations === 'notifiesNobody') return
  const commandUuid = uuidOf(`${bench.state.seed} ${id} ${at}`)
  notify(
    {
      store: () => after,
      now: () => bench.ports.clock.calendarAt(at),
      uuid: () => commandUuid,
      enqueue: (_, raw) => enqueue({ commandUuid, requestType: 'DeclarativeManagement', raw }),
    },
    [id],
  )
}
