import { createHash } from 'node:crypto'

/** A declaration as it is stored; `payload` is the text that came, whose bytes tell whether a PUT changes anything. */
export type StoredDeclaration = {
  identifier: string
  type: string
  payload: string
  serverToken: string
  /** Counts the changes of this store, as the token also depends on when a declaration was made. */
  change: number
}

/** One status report of a device, as it was sent. */
type StoredReport = { statusId: string; receivedNs: string; raw: string }

/** A declaration in the newest report that named any. */
export type DeclarationStatus = {
  identifier: string
  active: boolean
  valid: string
  serverToken: string
  manifestType: string
  reasons?: unknown[] | undefined
  receivedNs: string
  statusId: string
}

export type StatusValue = { path: string; value: string; receivedNs: string; statusId: string }
export type StatusError = { path: string; error: unknown; receivedNs: string; statusId: string }

/** What the status reports of one device have left. */
export type EnrollmentStatus = {
  /** How many of the oldest reports the lab has dropped; KMFDDM keeps all of them. */
  dropped: number
  reports: StoredReport[]
  declarations: DeclarationStatus[]
  values: StatusValue[]
  errors: StatusError[]
}

/**
 * The storage of KMFDDM v0.8.3 (filekv) as captures show it. Plain JSON.
 * https://github.com/jessepeterson/kmfddm/tree/v0.8.3/storage/kv
 */
export type DeclarationStore = {
  changes: number
  declarations: Record<string, StoredDeclaration>
  /** The identifiers in each set; a set exists while it has one. */
  sets: Record<string, string[]>
  /** The sets of each enrollment; neither need exist. */
  enrollmentSets: Record<string, string[]>
  status: Record<string, EnrollmentStatus>
}

export const emptyDeclarationStore = (): DeclarationStore => ({
  changes: 0,
  declarations: {},
  sets: {},
  enrollmentSets: {},
  status: {},
})

/** Null for an unchanged store, which KMFDDM answers with 304. */
export type Changed = DeclarationStore | null

const hash = (...parts: (string | number)[]) =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)

/** The token of no declaration at all: the hash of nothing, always the same (capture kmfddm-12). */
const tokenOfNothing = 'ef46db3751d8e999'

const entryOf = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

export const declarationOf = (store: DeclarationStore, identifier: string) =>
  entryOf(store.declarations, identifier)

export const setsOfEnrollment = (store: DeclarationStore, id: string): string[] =>
  entryOf(store.enrollmentSets, id) ?? []

export const declarationsOfSet = (store: DeclarationStore, set: string): string[] =>
  entryOf(store.sets, set) ?? []

/** The sets that hold a declaration. */
export const setsOfDeclaration = (store: DeclarationStore, identifier: string): string[] =>
  Object.keys(store.sets)
    .filter((set) => declarationsOfSet(store, set).includes(identifier))
    .toSorted()

/** The enrollments to which a set is attached. */
export const enrollmentsOfSets = (store: DeclarationStore, sets: readonly string[]): string[] =>
  Object.keys(store.enrollmentSets)
    .filter((id) => setsOfEnrollment(store, id).some((set) => sets.includes(set)))
    .toSorted()

/** The declarations of an enrollment's sets, each once. */
export function declarationsFor(store: DeclarationStore, id: string): StoredDeclaration[] {
  const identifiers = setsOfEnrollment(store, id).flatMap((set) => declarationsOfSet(store, set))
  return [...new Set(identifiers)].toSorted().flatMap((identifier) => {
    const declaration = declarationOf(store, identifier)
    return declaration ? [declaration] : []
  })
}

/** The token that changes with the declarations of an enrollment. */
export function declarationsToken(store: DeclarationStore, id: string): string {
  const tokens = declarationsFor(store, id).map(({ serverToken }) => serverToken)
  return tokens.length === 0 ? tokenOfNothing : hash(...tokens)
}

const withDeclaration = (
  store: DeclarationStore,
  { identifier, type, payload }: Pick<StoredDeclaration, 'identifier' | 'type' | 'payload'>,
  change: number,
): DeclarationStore => {
  const serverToken = hash(identifier, type, payload, change)
  const declaration = { identifier, type, payload, serverToken, change }
  return {
    ...store,
    changes: change,
    declarations: { ...store.declarations, [identifier]: declaration },
  }
}

/** Unchanged where type and the bytes of the Payload are as before. */
export function putDeclaration(
  store: DeclarationStore,
  given: Pick<StoredDeclaration, 'identifier' | 'type' | 'payload'>,
): Changed {
  const before = declarationOf(store, given.identifier)
  const same = before?.type === given.type && before.payload === given.payload
  return same ? null : withDeclaration(store, given, store.changes + 1)
}

/** A new token, with the Payload as it was. */
export const touchDeclaration = (store: DeclarationStore, kept: StoredDeclaration) =>
  withDeclaration(store, kept, store.changes + 1)

const without = <T>(record: Record<string, T>, key: string): Record<string, T> => {
  const { [key]: _gone, ...rest } = record
  return rest
}

/** The caller has made sure that no set holds it. */
export const deleteDeclaration = (store: DeclarationStore, identifier: string): Changed =>
  declarationOf(store, identifier)
    ? { ...store, declarations: without(store.declarations, identifier) }
    : null

const added = (list: readonly string[], one: string) => [...list, one].toSorted()

const withList = (record: Record<string, string[]>, key: string, list: string[]) =>
  list.length === 0 ? without(record, key) : { ...record, [key]: list }

export function addToSet(store: DeclarationStore, set: string, identifier: string): Changed {
  const before = declarationsOfSet(store, set)
  if (before.includes(identifier)) return null
  return { ...store, sets: withList(store.sets, set, added(before, identifier)) }
}

export function removeFromSet(store: DeclarationStore, set: string, identifier: string): Changed {
  const before = declarationsOfSet(store, set)
  if (!before.includes(identifier)) return null
  const rest = before.filter((other) => other !== identifier)
  return { ...store, sets: withList(store.sets, set, rest) }
}

export function attachSet(store: DeclarationStore, id: string, set: string): Changed {
  const before = setsOfEnrollment(store, id)
  if (before.includes(set)) return null
  return { ...store, enrollmentSets: { ...store.enrollmentSets, [id]: added(before, set) } }
}

export function detachSet(store: DeclarationStore, id: string, set: string): Changed {
  const before = setsOfEnrollment(store, id)
  if (!before.includes(set)) return null
  const rest = before.filter((other) => other !== set)
  return { ...store, enrollmentSets: withList(store.enrollmentSets, id, rest) }
}

export const detachAll = (store: DeclarationStore, id: string): Changed =>
  setsOfEnrollment(store, id).length === 0
    ? null
    : { ...store, enrollmentSets: without(store.enrollmentSets, id) }
