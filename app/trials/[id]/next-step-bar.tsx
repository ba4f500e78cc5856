import { Anchor, Group, Paper, Text } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import type { TrialState } from '@/lib/domain/trial/trial'
import { paths } from '@/lib/paths'
import { benchCards, cardOrder, cardPlace, type NextStep } from './next-step'
import { AskButton } from './release/query-button'
import classes from './trial.module.css'

type Props = {
  trialId: string
  state: TrialState
  step: NextStep | undefined
  /** Why this person may not query the device. */
  reason: string | undefined
}

const queried: readonly TrialState[] = ['draft', 'registered', 'armed', 'released', 'observing']

/** What to do next, in one line with a link to it, and what can be done at any time: to query the device. */
export function NextStepBar({ trialId, state, step, reason }: Props) {
  if (!step) return null
  return (
    <Paper withBorder p="sm" component="section" aria-label="Next step" data-screen-only>
      <Group justify="space-between" gap="xs">
        <Text size="sm" className={classes.nextLine ?? ''} component="div">
          <span role="status">
            <b>Next:</b>{' '}
            {step.line === undefined ? (
              step.text
            ) : (
              <>
                <span data-record-only>{step.text}</span>
                <span data-bench-only>{step.line}</span>
              </>
            )}
          </span>{' '}
          {isFarBelow(step, state) && (
            <Anchor href={`#${cardPlace(step.card)}`} data-record-only>
              Go there
            </Anchor>
          )}
          {!benchCards.includes(step.card) && (
            <TextLink
              href={`${paths.trial(trialId, { view: 'record' })}#${cardPlace(step.card)}`}
              data-bench-only
            >
              Go there
            </TextLink>
          )}
        </Text>
        {queried.includes(state) && <AskButton trialId={trialId} reason={reason} />}
      </Group>
    </Paper>
  )
}

/** The first card needs no link, and the hold is visible wherever the page is scrolled to. */
function isFarBelow({ card }: NextStep, state: TrialState): boolean {
  const [first] = cardOrder(state).filter((one) => one !== 'notices')
  return card !== 'held' && card !== first
}
