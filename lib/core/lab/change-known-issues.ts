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
import { mergeEdit, overtakenRefusal } from '../shared/merge-edit'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

/** A content as it is typed: its trial by number, such as "T-12"; nothing is "". */
export type TypedIssue = Omit<IssueContent, 'trialId'> & { trial: string }

export type ChangeIssue =
  | { kind: 'added'; content: TypedIssue }
  | {
      kind: 'changed'
      issue: number
      reason: string
      content: TypedIssue
      /** What was typed over: what somebody else changed since is neither put back nor typed over. */
      seen?: TypedIssue | undefined
    }
  | { kind: 'ended'; issue: number; reason: string }

type Changed = { status: 'changed'; issue: number; ruleSet: string }
// With what somebody else saved meanwhile; a change typed over that is taken.
type Overtaken = Refusal & { stored: PlainIssue }

/**
 * Records, changes or ends a known issue by version. Each is a new version of the rule set: verdicts that are stored
 * keep theirs, and every device is judged again.
 */
export async function changeKnownIssue(
  db: Db,
  actor: Actor,
  input: ChangeIssue,
  now: Date,
): Promise<Changed | Overtaken | Refusal> {
  const no = forbidden(actor, 'changeKnownIssues')
  if (no) return no
  const reason = input.kind === 'added' ? '' : input.reason.trim()
  const tooShort = input.kind === 'added' ? undefined : reasonRefusal(reason)
  if (tooShort) return tooShort
  return transact(db, { ...actor, reason }, async (tx) => {
    const set = await getIssueSet(tx)
    if (input.kind !== 'added' && !set.issues.some(({ number }) => number === input.issue))
      return refused(`K-${input.issue} is no known issue in force.`, 'issue')
    const merged = input.kind === 'changed' ? mergeInto(set, input) : undefined
    if (merged && 'status' in merged) return merged
    const typed = input.kind === 'ended' ? undefined : (merged ?? input.content)
    const content = typed && (await readContent(tx, typed))
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

const parts = [
  ...(['effect', 'field', 'family', 'from', 'to'] as const),
  ...(['builds', 'fault', 'radar', 'url', 'trial'] as const),
]

/** As the form calls them. */
const partLabels: Record<(typeof parts)[number], string> = {
  ...{ effect: 'Effect', field: 'Reading', family: 'Platform', from: 'First version' },
  ...{ to: 'Last version', builds: 'Builds', fault: 'What is wrong', radar: 'Radar' },
  ...{ url: 'Public source', trial: 'Concluded trial of a real device' },
}

/** A content as it is typed, without blanks, so that two can be compared. */
type PlainIssue = TypedIssue & { to: string; radar: string; url: string }

const plainIssue = ({ field, builds, ...issue }: TypedIssue): PlainIssue => ({
  ...{ effect: issue.effect, family: issue.family, from: issue.from.trim() },
  ...{ field: issue.effect === 'unknown' ? field : undefined, to: issue.to?.trim() ?? '' },
  builds: builds.map((build) => build.trim()).filter((build) => build !== ''),
  ...{ fault: issue.fault.trim(), radar: issue.radar?.trim() ?? '' },
  ...{ url: issue.url?.trim() ?? '', trial: issue.trial.trim() },
})

/** The change on top of what others saved meanwhile, or what two have changed. */
function mergeInto(
  { issues }: IssueSet,
  { issue: number, content, seen }: Extract<ChangeIssue, { kind: 'changed' }>,
): TypedIssue | Overtaken {
  const issue = issues.find((one) => one.number === number)
  if (!issue || !seen) return content
  const trial = issue.trialNumber === undefined ? '' : `T-${issue.trialNumber}`
  const stored = plainIssue({ ...issue, trial })
  const edit = { seen: plainIssue(seen), stored, typed: plainIssue(content) }
  const { merged, overtaken } = mergeEdit(parts, edit)
  if (overtaken.length === 0) return merged
  const shown = (part: (typeof parts)[number], issue: TypedIssue) => [issue[part] ?? ''].join()
  const differences = overtaken.map((part) => ({
    label: partLabels[part],
    ...{ theirs: shown(part, stored), yours: shown(part, edit.typed) },
  }))
  return { ...overtakenRefusal(`changed K-${number}`, differences), stored }
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
