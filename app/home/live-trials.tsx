import { Group, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { TrialStatus, trialStateWord } from '@/components/trial/trial-status'
import type { LiveTrialRow } from '@/lib/db/queries/trials/live-trials'
import type { Environment } from '@/lib/domain/device/device'
import { liveStep } from '@/lib/domain/trial/live-step'
import type { TrialState } from '@/lib/domain/trial/trial'
import { paths } from '@/lib/paths'

type Props = {
  rows: readonly LiveTrialRow[]
  counts: readonly { state: TrialState; trials: number }[]
  environment: Environment
  now: Date
}

const labels = ['Trial', 'State', 'Device', 'Next step', 'Clock']

/** Live trials with their next step, those whose time ends first at the front. */
export function LiveTrials({ rows, counts, environment, now }: Props) {
  const total = counts.reduce((sum, { trials }) => sum + trials, 0)
  return (
    <Card title="Live trials">
      {total === 0 ? (
        <Text size="sm">No trial is under way.</Text>
      ) : (
        <>
          <Group gap="md" component="nav" aria-label="Live trials by state">
            {counts.map(({ state, trials }) => (
              <TextLink key={state} href={paths.trials({ environment, state })} size="sm">
                {trials.toLocaleString('en')} {trialStateWord(state).toLowerCase()}
              </TextLink>
            ))}
          </Group>
          <table className={classes.table}>
            <TableHead labels={labels} />
            <tbody>
              {rows.map((trial) => (
                <Row key={trial.id} trial={trial} now={now} />
              ))}
            </tbody>
          </table>
          {total > rows.length && (
            <Text size="sm" c="dimmed">
              {rows.length} of {total.toLocaleString('en')}; those whose time ends first are shown.
            </Text>
          )}
        </>
      )}
    </Card>
  )
}

function Row({ trial, now }: { trial: LiveTrialRow; now: Date }) {
  const { text, clock } = liveStep(trial, now)
  return (
    <tr>
      <td data-label="Trial">
        <div>
          <TextLink href={paths.trial(trial.id)} size="sm" fw={600}>
            T-{trial.number}
          </TextLink>
          <div className={classes.dim}>
            <UserText>{trial.title}</UserText>
          </div>
        </div>
      </td>
      <td data-label="State">
        <div>
          <TrialStatus state={trial.state} />
        </div>
      </td>
      <td data-label="Device">
        <div>
          <UserText>{trial.device}</UserText>
          {trial.startOs && (
            <div className={classes.dim}>
              from {trial.startOs}
              {trial.target && ` to ${trial.target}`}
            </div>
          )}
        </div>
      </td>
      <td data-label="Next step">{text}</td>
      <td data-label="Clock">
        {clock && (
          <span>
            {clock.what} <When at={clock.at} />
          </span>
        )}
      </td>
    </tr>
  )
}
