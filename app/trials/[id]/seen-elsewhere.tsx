import { List, ListItem, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import type { TrialRecord } from '@/lib/core/record/read-record'
import {
  countOtherLabs,
  findSeenContradictions,
  findSeenOutcomes,
} from '@/lib/db/queries/other-labs-seen'
import { outcomeElsewhere, seenInWords } from '@/lib/domain/report/other-labs'
import { paths } from '@/lib/paths'

type Props = Pick<TrialRecord, 'view' | 'contradictions'>

/** How many other labs report what this trial saw; nothing where no lab has sent a report. */
export async function SeenElsewhere({ view: { trial }, contradictions }: Props) {
  const { db } = await authorize('look')
  const environment = trial.simulated ? 'simulated' : 'real'
  const labs = await countOtherLabs(db, environment)
  if (labs === 0) return null
  const prints = new Map(contradictions.map((one) => [one.fingerprint, one]))
  const [outcomes, seen] = await Promise.all([
    findSeenOutcomes(db, [trial.id]),
    findSeenContradictions(db, environment, [...prints.keys()]),
  ])
  const outcome = outcomes.get(trial.id)
  if (!outcome && prints.size === 0) return null
  return (
    <Card title="Other labs">
      {outcome && <Text size="sm">{outcomeElsewhere(outcome)}</Text>}
      {prints.size > 0 && (
        <List size="sm" aria-label="Contradictions at other labs">
          {[...prints].map(([print, { requestType, path, observed }]) => (
            <ListItem key={print}>
              {requestType}: <code>{path}</code>, <UserText>{observed}</UserText>: seen{' '}
              <UserText>{seenInWords(seen.get(print)?.labs ?? [], labs)}</UserText>
            </ListItem>
          ))}
        </List>
      )}
      <Text size="xs" c="dimmed">
        From <TextLink href={paths.otherLabs()}>reports that other labs sent</TextLink>, which are
        not verified here and count in no number of this lab.
      </Text>
    </Card>
  )
}
