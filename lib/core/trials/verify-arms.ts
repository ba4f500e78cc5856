import type { Db } from '@/lib/db/client'
import { findArmList, listArmAssignments } from '@/lib/db/queries/trials/arms'
import { listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import { findProtocolVersion } from '@/lib/db/queries/trials/protocols'
import type { Actor } from '@/lib/domain/account/permissions'
import { armListMethod, armsUpTo } from '@/lib/domain/trial/arm-list'
import type { TrialDesign } from '@/lib/domain/trial/design'
import type { TrialState } from '@/lib/domain/trial/trial'
import { assertAllowed } from '../shared/result'
import { sha256 } from './assign-arm'

type Checked = {
  trialId: string
  number: number
  state: TrialState
  arm: string
  method: 'random' | 'choice'
  reason: string | null
  stratum: string | null
  block: number | null
  position: number | null
  byName: string
  at: Date
  /** What the list gives at that position; undefined for one by choice. */
  drawn: { arm: string; block: number } | undefined
}

/** The list of a version in one environment as it is recorded, and what follows from its seed. */
export type VerifiedArms = {
  method: string
  seedSha256: string
  drawnAt: Date
  /** Known once the version is retired: until then it would tell the arm of the next trial. */
  seed: string | undefined
}

type Verified = {
  /** Undefined where no arm was drawn yet. */
  list: VerifiedArms | undefined
  assignments: Checked[]
  /** What is not as it was drawn, chosen or registered, in words; empty where everything is. */
  problems: string[]
}

/**
 * Computes the arm of every assignment of a version again, from the seed, and compares it with the record. Undefined
 * where the version has no arms.
 */
export async function verifyArms(
  db: Db,
  actor: Actor,
  { versionId, simulated }: { versionId: string; simulated: boolean },
): Promise<Verified | undefined> {
  assertAllowed(actor, 'look')
  const version = await findProtocolVersion(db, versionId)
  const design = version?.plan.design
  if (!version || !design) return undefined
  const [list, rows, events] = await Promise.all([
    findArmList(db, versionId, simulated),
    listArmAssignments(db, versionId, simulated),
    listVersionEvents(db, [versionId]),
  ])
  const sealed = rows.flatMap(sealProblem)
  const drawnAt = list ? drawAgain(list.seed, design, rows) : () => undefined
  const assignments = rows.map(({ assignment, number, state }): Checked => {
    const { trialId, arm, method, reason, stratum, block, position, byName, at } = assignment
    return {
      ...{ trialId, number, state, arm, method, reason, stratum, block, position, byName, at },
      drawn: drawnAt({ stratum, position }),
    }
  })
  if (!list) return { list: undefined, assignments, problems: sealed }
  const isRetired = events.some(({ kind }) => kind === 'retired')
  const problems = [
    ...listProblems(list),
    ...sealed,
    ...assignments.flatMap(problemOf),
    ...gaps(assignments),
  ]
  const { method, seedSha256, drawnAt: at } = list
  const shown = { method, seedSha256, drawnAt: at, seed: isRetired ? list.seed : undefined }
  return { list: shown, assignments, problems }
}

type Place = Pick<Checked, 'stratum' | 'position'>

/** More positions than trials are gaps, which are named; an altered position of a thousand million is not counted up to. */
const maxGap = 1_000

/** Draws the list of each stratum once, as far as its trials go. */
function drawAgain(
  seed: string,
  { arms, blocks }: TrialDesign,
  rows: readonly { assignment: Place }[],
): (place: Place) => Checked['drawn'] {
  const ofStratum = Map.groupBy(
    rows.map(({ assignment }) => assignment),
    ({ stratum }) => stratum,
  )
  const lists = new Map(
    [...ofStratum].flatMap(([stratum, places]) =>
      stratum === null
        ? []
        : [[stratum, armsUpTo({ seed, stratum, arms, blocks }, lastOf(places), sha256)] as const],
    ),
  )
  return ({ stratum, position }) =>
    stratum === null || position === null ? undefined : lists.get(stratum)?.[position - 1]
}

/** The last position of a stratum that is looked at. */
const lastOf = (places: readonly Place[]): number =>
  places.reduce(
    (last, { position }) => Math.min(Math.max(last, position ?? 0), places.length + maxGap),
    0,
  )

function listProblems({
  method,
  seed,
  seedSha256,
}: {
  method: string
  seed: string
  seedSha256: string
}) {
  const hash = Buffer.from(sha256(seed)).toString('hex')
  return [
    ...(method === armListMethod ? [] : [`the method ${method} is not known here`]),
    ...(hash === seedSha256 ? [] : [`the SHA-256 of the seed is ${hash}, not ${seedSha256}`]),
  ]
}

/** A trial whose registration seals another arm than the one that is recorded. */
function sealProblem({
  assignment: { arm },
  number,
  registration,
}: {
  assignment: { arm: string }
  number: number
  registration: string | null
}): string[] {
  if (registration === null) return []
  const sealed: unknown = JSON.parse(registration)?.arm?.arm
  return sealed === arm ? [] : [`T-${number}: recorded in arm ${arm}; registered in arm ${sealed}`]
}

/** A trial whose arm or block is not the one that the list gives. */
function problemOf({ number, arm, block, stratum, position, drawn }: Checked): string[] {
  if (position === null) return []
  if (drawn === undefined)
    return [`T-${number}: recorded at position ${position} of ${stratum}, far beyond its trials`]
  if (drawn.arm === arm && drawn.block === block) return []
  return [
    `T-${number}: recorded in arm ${arm}, block ${block}; position ${position} of ${stratum} is arm ${drawn.arm}, block ${drawn.block}`,
  ]
}

/** Positions of a stratum that no trial has, before its last one. */
function gaps(assignments: readonly Checked[]): string[] {
  const used = Map.groupBy(
    assignments.filter(({ position }) => position !== null),
    ({ stratum }) => stratum ?? '',
  )
  return [...used].flatMap(([stratum, rows]) => {
    const positions = new Set(rows.map(({ position }) => position))
    const missing = Array.from({ length: lastOf(rows) }, (_, index) => index + 1).filter(
      (one) => !positions.has(one),
    )
    return missing.length === 0 ? [] : [`${stratum}: no trial has position ${missing.join(', ')}`]
  })
}
