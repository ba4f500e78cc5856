import { createHash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import {
  findCurrentImport,
  insertFacts,
  insertImport,
  keepFile,
  lockCatalogue,
} from '@/lib/db/queries/catalogue/imports'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  type FeedFacts,
  type FeedKind,
  type FeedProblem,
  feedInfo,
  type ReadFeed,
} from '@/lib/domain/catalogue/feed'
import { parseFeedDate } from '@/lib/domain/catalogue/feed-date'
import { maxFeedBytes } from '@/lib/domain/catalogue/feed-source'
import { readFeed } from '@/lib/domain/catalogue/read-feed'
import { forbidden, type Refusal, refused } from '../shared/result'

export type FeedFile = {
  bytes: Uint8Array
  fileName: string
  /** The day on which it was taken from its source, YYYY-MM-DD in UTC. */
  readOn: string
}

export type ImportedFeed = {
  status: 'imported'
  importId: number
  kind: FeedKind
  scope: string
  /** How many facts it holds. */
  facts: number
  /** True where the copy before it has the same bytes. */
  unchanged: boolean
  /** The day of a newer copy that stays the one in use; undefined where this one is. */
  newerReadOn?: string | undefined
  remarks: readonly string[]
}

/** A file that is no feed: it is kept with what is wrong with it, and the last good copy stays. */
export type NotImported = Refusal & { problems?: readonly FeedProblem[] }

/** Reads an uploaded file as one of the published feeds and keeps it, whole or not at all. */
export async function importFeed(
  db: Db,
  actor: Actor,
  file: FeedFile,
  now: Date,
): Promise<ImportedFeed | NotImported> {
  const no = forbidden(actor, 'importCatalogue') ?? badFile(file, now)
  return no ?? storeFeed(db, actor, { ...file, way: 'upload' }, now)
}

function badFile({ bytes, readOn }: FeedFile, now: Date): Refusal | undefined {
  if (bytes.byteLength === 0) return refused('The file is empty.', 'file')
  if (bytes.byteLength > maxFeedBytes)
    return refused(`The file is larger than ${maxFeedBytes / 1e6} MB.`, 'file')
  if (parseFeedDate(readOn)?.precision !== 'day')
    return refused('Give the day on which the file was taken, such as 2026-08-22.', 'readOn')
  return readOn > now.toISOString().slice(0, 10)
    ? refused('The day on which the file was taken lies in the future.', 'readOn')
    : undefined
}

/** A part of an import by a person or by the daily job, which have decided that it may happen. */
export async function storeFeed(
  db: Db,
  actor: Actor,
  file: FeedFile & {
    way: 'upload' | 'fetch'
    /** What a source publishes at the address it was fetched from; anything else there is refused. */
    want?: { kind: FeedKind; scope?: string }
  },
  now: Date,
): Promise<ImportedFeed | NotImported> {
  const { bytes, readOn, way, want } = file
  const read = wanted(readBytes(bytes), want)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const made = {
    ...{ fileSha256: sha256, fileName: file.fileName.slice(0, 200), way, readOn },
    ...{ importedAt: now, byId: actor.id, byName: actor.name },
  }
  return transact(db, actor, async (tx) => {
    await lockCatalogue(tx)
    await keepFile(tx, { sha256, bytes, firstAt: now })
    if ('facts' in read) return keepFacts(tx, made, read.facts)
    const problems = read.problems
    await insertImport(tx, { ...made, state: 'refused', problems, remarks: [], facts: 0 })
    return { ...refused(inWords(problems), 'file'), problems }
  })
}

type Made = Pick<
  Parameters<typeof insertImport>[1],
  'fileSha256' | 'fileName' | 'way' | 'readOn' | 'importedAt' | 'byId' | 'byName'
>

async function keepFacts(tx: Db, made: Made, read: FeedFacts): Promise<ImportedFeed> {
  const { kind, scope, remarks } = read
  const facts = [read.listings, read.signings, read.releases, read.names].flat().length
  const before = await findCurrentImport(tx, kind, scope)
  const unchanged = before?.fileSha256 === made.fileSha256
  const importId = await insertImport(tx, {
    ...made,
    ...{ state: 'accepted', kind, scope, remarks, facts, problems: [] },
    schemaVersion: read.schemaVersion ?? null,
    factsOf: unchanged ? (before.factsOf ?? before.id) : null,
  })
  if (!unchanged) await insertFacts(tx, importId, read)
  const newerReadOn = before && before.readOn > made.readOn ? before.readOn : undefined
  return { status: 'imported', importId, kind, scope, facts, unchanged, newerReadOn, remarks }
}

function wanted(read: ReadFeed, want?: { kind: FeedKind; scope?: string }): ReadFeed {
  if (!want || 'problems' in read) return read
  const { kind, scope } = read.facts
  if (kind === want.kind && scope === (want.scope ?? scope)) return read
  const named = (of: FeedKind, about = '') => `${feedInfo[of].label} ${about}`.trimEnd()
  const reason = `is ${named(kind, scope)}, and ${named(want.kind, want.scope)} was asked for`
  return { problems: [{ path: 'the answer', reason }] }
}

function readBytes(bytes: Uint8Array): ReadFeed {
  try {
    return readFeed(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const reason = 'is not UTF-8: the feeds are published as JSON in UTF-8'
    return { problems: [{ path: 'the file', reason }] }
  }
}

const shownProblems = 3

/** "AssetSets.iOS[0].Build is …. The copy that was read before stays in use." */
function inWords(problems: readonly FeedProblem[]): string {
  const first = problems.slice(0, shownProblems).map(({ path, reason }) => `${path} ${reason}.`)
  const more = problems.length - first.length
  return [
    ...first,
    ...(more > 0 ? [`And ${more} more.`] : []),
    'What was imported before stays in use.',
  ].join(' ')
}
