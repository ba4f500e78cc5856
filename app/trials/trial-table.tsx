'use client'

import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import classes from '@/components/data/data-table.module.css'
import { IconShapes } from '@/components/data/icon-shapes'
import { Link } from '@/components/data/link'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ReviewStatus, TrialStatus, trialIcons } from '@/components/trial/trial-status'
import type { ListedTrial } from '@/lib/db/queries/trials/trial-list'
import { outcomeWords } from '@/lib/domain/outcome/outcome'
import { isReviewed } from '@/lib/domain/review/review'
import { outcomeWaitInfo } from '@/lib/domain/review/second-reading'
import type { TrialSort } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import type { TrialPlace } from './query'

/** What a row needs of a trial. */
export type ShownTrial = Omit<
  ListedTrial,
  'draftedAt' | 'draftedBy' | 'concludedAt' | 'endOs' | 'endBuild' | 'deviceId' | 'protocolId'
>

type Props = { rows: ShownTrial[]; params: TrialPlace & Record<string, string | undefined> }

const columns: { label: string; sort?: TrialSort }[] = [
  { label: 'Trial', sort: 'number' },
  { label: 'State' },
  { label: 'Device' },
  { label: 'From' },
  { label: 'To' },
  { label: 'Protocol' },
  { label: 'Outcome' },
  { label: 'Released', sort: 'released' },
]

/** Trials as rows, on a phone as cards. Drawn on the client's side of the border, as app/devices/device-table.tsx is. */
export function TrialTable({ rows, params }: Props) {
  return (
    <>
      <IconShapes icons={trialIcons} />
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map(({ label, sort }) => (
              <Header key={label} label={label} sort={sort} params={params} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((trial) => (
            <Row key={trial.id} trial={trial} />
          ))}
        </tbody>
      </table>
    </>
  )
}

type HeaderProps = { label: string; sort: TrialSort | undefined; params: Props['params'] }

function Header({ label, sort, params }: HeaderProps) {
  if (!sort) return <th scope="col">{label}</th>
  const sorted = (params.sort ?? 'number') === sort
  const falling = (params.direction ?? 'desc') === 'desc'
  const direction = sorted && falling ? 'asc' : 'desc'
  const Shape = falling ? IconArrowDown : IconArrowUp
  return (
    <th scope="col" aria-sort={sorted ? (falling ? 'descending' : 'ascending') : undefined}>
      <Link
        href={paths.trials({ ...params, sort, direction, cursor: null })}
        className={classes.sort}
        prefetch={false}
      >
        {label} {sorted && <Shape size={14} aria-hidden />}
      </Link>
    </th>
  )
}

/** Where nothing was sent there is only what was asked for. */
const unseenEnd = ({ end, target }: ShownTrial): string => {
  if (end.state === 'notSeen') return 'not seen again'
  return target ? `asked for ${target}` : '–'
}

const undecided = ({ state, deadlineAt, outcomeAwaits }: ShownTrial): string => {
  if (outcomeAwaits) return outcomeWaitInfo[outcomeAwaits].label.toLowerCase()
  if (state === 'withdrawn' || state === 'void' || state === 'lost') return 'none'
  return deadlineAt ? 'still open' : 'nothing sent'
}

function Row({ trial }: { trial: ShownTrial }) {
  const { startOs, startBuild, end, outcome, releasedAt } = trial
  return (
    <tr>
      <td data-label="Trial">
        <div>
          <Link href={paths.trial(trial.id)} className={classes.name} prefetch={false}>
            T-{trial.number}
          </Link>{' '}
        </div>
      </td>
      <td data-label="State">
        <div>
          <TrialStatus state={trial.state} drawn />
          {isReviewed(trial) && (
            <div>
              <ReviewStatus state={trial.review ?? 'inReview'} drawn />
              {trial.openQueries ? (
                <div className={classes.dim}>
                  {trial.openQueries} open {trial.openQueries === 1 ? 'query' : 'queries'}
                </div>
              ) : null}
            </div>
          )}
        </div>
      </td>
      <td data-label="Device">
        <div>
          <UserText>{trial.labTag ?? trial.deviceName}</UserText>
          <div className={classes.dim}>
            <UserText>{trial.modelName ?? trial.modelIdentifier ?? trial.platform}</UserText>
          </div>
        </div>
      </td>
      <td data-label="From">
        <div>
          {startOs ?? <span className={classes.dim}>not released</span>}{' '}
          <span className={classes.dim}>{startBuild}</span>
        </div>
      </td>
      <td data-label="To">
        <div>
          {end.os ?? <span className={classes.dim}>{unseenEnd(trial)}</span>}{' '}
          <span className={classes.dim}>
            {end.state === 'unchanged' ? 'seen unchanged' : end.build}
          </span>
        </div>
      </td>
      <td data-label="Protocol">
        <div>
          <UserText>{trial.protocolTitle}</UserText>
          <div className={classes.dim}>version {trial.protocolVersion}</div>
        </div>
      </td>
      <td data-label="Outcome">
        <div>
          {outcome ? (
            outcomeWords(outcome)
          ) : (
            <span className={classes.dim}>{undecided(trial)}</span>
          )}
          {trial.overruled && <div className={classes.dim}>proposal overruled</div>}
          {end.against && <div className={classes.dim}>against the OS builds</div>}
        </div>
      </td>
      <td data-label="Released">
        <div>
          {releasedAt ? <When at={releasedAt} /> : <span className={classes.dim}>not yet</span>}
          {trial.releasedBy && (
            <div className={classes.dim}>
              by <UserText>{trial.releasedBy}</UserText>
            </div>
          )}
        </div>
      </td>
    </tr>
  )
}
