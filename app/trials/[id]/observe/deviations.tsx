import { List, ListItem, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import {
  type DeviationEntry,
  deviationEffectWords,
  deviationKindWords,
  deviationsOf,
} from '@/lib/domain/trial/deviation'
import classes from './bench.module.css'
import { DeviationButton } from './deviation-button'

type Props = {
  steps: TrialView['steps']
  trialId: string
  /** Why nothing may be recorded. */
  reason: string | undefined
}

/** What differed from the protocol, why, and what it does to the result; recorded by a person or by the program. */
export function Deviations({ steps, trialId, reason }: Props) {
  const found = deviationsOf(steps)
  if (found.length === 0 && reason !== undefined) return null
  return (
    <Card title="Deviations">
      {found.length === 0 && <Text size="sm">None is recorded.</Text>}
      {found.length > 0 && (
        <List size="sm" spacing="xs" listStyleType="none">
          {found.map(({ kind, entry, corrected }) => (
            <ListItem key={entry.id}>
              <b>{deviationKindWords[kind]}</b>
              {corrected.map((one) => (
                <Text key={one.id} size="xs" c="dimmed">
                  <span className={classes.struck}>
                    <Entry entry={one} />
                  </span>
                </Text>
              ))}
              <Text size="sm">
                <Entry entry={entry} />
              </Text>
              {reason === undefined && (
                <DeviationButton
                  trialId={trialId}
                  corrects={{
                    id: entry.id,
                    what: entry.what,
                    why: entry.why,
                    effect: entry.effect,
                  }}
                />
              )}
            </ListItem>
          ))}
        </List>
      )}
      {reason === undefined && (
        <div data-screen-only>
          <DeviationButton trialId={trialId} />
        </div>
      )}
    </Card>
  )
}

const Entry = ({ entry }: { entry: DeviationEntry }) => {
  const { what, why, effect, stands, reason, at, byName } = entry
  return (
    <>
      {!stands && 'No deviation after all: '}
      <UserText>{what}</UserText>.{' '}
      {why && (
        <>
          Why: <UserText>{why}</UserText>.{' '}
        </>
      )}
      {stands && `${deviationEffectWords[effect]}. `}
      {reason && (
        <>
          Corrected: <UserText>{reason}</UserText>.{' '}
        </>
      )}
      <When at={at} /> by <UserText>{byName}</UserText>
    </>
  )
}
