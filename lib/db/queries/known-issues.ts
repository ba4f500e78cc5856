import { asc, eq, getTableColumns } from 'drizzle-orm'
import type { IssueContent, IssueSet, KnownIssue } from '@/lib/domain/rules/rule'
import type { Db } from '../client'
import { knownIssueChanges } from '../schema/known-issues'
import { deviceVerdicts, trials } from '../schema/schema'

/** A change of a known issue, with the number of the trial that supports it. */
export type IssueChange = Awaited<ReturnType<typeof listIssueChanges>>[number]

/** Every change of the lab's known issues, the oldest first. */
export async function listIssueChanges(db: Db) {
  return db
    .select({ ...getTableColumns(knownIssueChanges), trialNumber: trials.number })
    .from(knownIssueChanges)
    .leftJoin(trials, eq(trials.id, knownIssueChanges.trialId))
    .orderBy(asc(knownIssueChanges.revision))
}

/** What a change says about its issue; undefined where it ended it. */
export function contentOf(change: IssueChange): KnownIssue | undefined {
  const { issue, at, effect, field, family, fromVersion, toVersion, builds, fault } = change
  if (effect === null || family === null || fromVersion === null || fault === null) return undefined
  const { radar, url, trialId, trialNumber } = change
  return {
    ...{ number: issue, since: at, effect, family, from: fromVersion, builds, fault },
    ...{ field: field ?? undefined, to: toVersion ?? undefined },
    ...{ radar: radar ?? undefined, url: url ?? undefined },
    ...{ trialId: trialId ?? undefined, trialNumber: trialNumber ?? undefined },
  }
}

/** The issues in force after these changes. */
export function foldIssues(changes: readonly IssueChange[]): IssueSet {
  const newest = new Map<number, KnownIssue | undefined>()
  for (const change of changes) newest.set(change.issue, contentOf(change))
  return {
    revision: changes.at(-1)?.revision ?? 0,
    issues: [...newest.values()].filter((issue) => issue !== undefined),
  }
}

/** The lab's known issues in force, which are part of the rule set. */
export async function getIssueSet(db: Db): Promise<IssueSet> {
  return foldIssues(await listIssueChanges(db))
}

/** The database numbers the change and the issue that it begins. */
export async function insertIssueChange(
  db: Db,
  change: Omit<typeof knownIssueChanges.$inferInsert, 'revision'>,
): Promise<{ issue: number; revision: number }> {
  const { issue, revision } = knownIssueChanges
  const [row] = await db.insert(knownIssueChanges).values(change).returning({ issue, revision })
  if (!row) throw new Error('the change was not written')
  return row
}

/** A content as the columns of its row. */
export const issueColumns = ({ from, to, ...content }: IssueContent) => ({
  ...content,
  builds: [...content.builds],
  fromVersion: from,
  toVersion: to,
})

/** Shows every device as not judged yet until the worker has judged it by the new rule set. */
export async function judgeAllAgain(db: Db, now: Date): Promise<void> {
  await db.update(deviceVerdicts).set({
    ...{ overall: 'notYet', reason: 'Not judged yet', failing: 0, unknown: 0, warnings: 0 },
    ...{ ruleSetVersion: '', staleAt: now, judgeAgain: true },
  })
}
