import type { Db } from '@/lib/db/client'
import {
  getIssueSet,
  insertIssueChange,
  issueColumns,
  judgeAllAgain,
} from '@/lib/db/queries/known-issues'
import { findTrialsByNumber } from '@/lib/db/queries/radars/radars'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { issueProblem, ruleSetOf } from '@/lib/domain/rules/known-issues'
import type { IssueContent, IssueSet } from '@/lib/domain/rules/rule'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

/** A content as it is typed: its trial by number, such as "T-12"; nothing is "". */
export type TypedIssue = Omit<IssueContent, 'trialId'> & { trial: string }

export type ChangeIssue =
  | { kind: 'added'; content: TypedIssue }
  | { kind: 'changed'; issue: number; reason: string; content: TypedIssue }
  | { kind: 'ended'; issue: number; reason: string }

type Changed = { status: 'changed'; issue: number; ruleSet: string }

/**
 * Records, changes or ends a known issue by version. Each is a new version of the rule set: verdicts that are stored
 * keep theirs, and every device is judged again.
 */
export async function changeKnownIssue(
  db: Db,
  actor: Actor,
  input: ChangeIssue,
  now: Date,
): Promise<Changed | Refusal> {
  const no = forbidden(actor, 'changeKnownIssues')
  if (no) return no
  const reason = input.kind === 'added' ? '' : input.reason.trim()
  const tooShort = input.kind === 'added' ? undefined : reasonRefusal(reason)
  if (tooShort) return tooShort
  return transact(db, { ...actor, reason }, async (tx) => {
    const set = await getIssueSet(tx)
    if (input.kind !== 'added' && !set.issues.some(({ number }) => number === input.issue))
      return refused(`K-${input.issue} is no known issue in force.`, 'issue')
    const content = input.kind === 'ended' ? undefined : await readContent(tx, input.content)
    if (content && 'status' in content) return content
    if (input.kind === 'changed' && content && isSame(set, input.issue, content))
      return refused('Nothing has changed.')
    const change = await insertIssueChange(tx, {
      ...(content && issueColumns(content)),
      kind: input.kind,
      ...(input.kind !== 'added' && { issue: input.issue }),
      reason,
      at: now,
      ...{ byId: actor.id, byName: actor.name, byRole: 'lead' },
    })
    await judgeAllAgain(tx, now)
    return { status: 'changed', issue: change.issue, ruleSet: ruleSetOf(change) } satisfies Changed
  })
}

/** The content without blanks, with its trial; or what is wrong with it. */
async function readContent(tx: Db, typed: TypedIssue): Promise<IssueContent | Refusal> {
  const { trial, ...rest } = typed
  const number = /^(?:T-?)?(\d{1,9})$/i.exec(trial.trim())?.[1]
  if (trial.trim() !== '' && number === undefined)
    return refused('A trial is written as T-12.', 'trial')
  // What a virtual device answers is no evidence about an OS version.
  const numbers = number === undefined ? [] : [Number(number)]
  const [trialId] = [...(await findTrialsByNumber(tx, 'real', numbers)).values()]
  const found = trialId === undefined ? undefined : await findTrial(tx, trialId)
  if (number !== undefined && found?.state !== 'concluded')
    return refused(`There is no concluded trial T-${number} of a real device.`, 'trial')
  const content: IssueContent = {
    ...rest,
    from: rest.from.trim(),
    to: rest.to?.trim() || undefined,
    builds: rest.builds.map((build) => build.trim()).filter((build) => build !== ''),
    fault: rest.fault.trim(),
    radar: rest.radar?.trim() || undefined,
    url: rest.url?.trim() || undefined,
    trialId: found?.id,
  }
  const problem = issueProblem(content)
  return problem ? refused(problem.reason, problem.field) : content
}

/** Whether a change would change nothing: it would still be a new rule set, and judge every device again. */
function isSame({ issues }: IssueSet, number: number, content: IssueContent): boolean {
  const before = issues.find((issue) => issue.number === number)
  const parts = (issue: IssueContent) =>
    JSON.stringify([
      ...[issue.effect, issue.field, issue.family, issue.from, issue.to, issue.builds],
      ...[issue.fault, issue.radar, issue.url, issue.trialId],
    ])
  return before !== undefined && parts(before) === parts(content)
}
