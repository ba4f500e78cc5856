import { List, ListItem } from '@mantine/core'
import type { ReactNode } from 'react'
import { Card } from '@/components/data/card'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { StoredVerdict } from '@/components/device/findings'
import type { TrialRecord } from '@/lib/core/record/read-record'
import type { TrialCard } from './next-step'
import { Deviations } from './observe/deviations'
import { StepsCard } from './observe/observe'
import { ReviewHistory } from './review/review-card'

export type Cards = Partial<Record<TrialCard, ReactNode>>

const noHistory = 'Nothing can be changed here.'

/** What a history shows of a trial: nothing in it can be changed. */
export const pastCards = (record: TrialRecord, at: Date): Cards => ({
  step: <StoredJudgement record={record} />,
  bench: <EndedSteps view={record.view} now={at} reason={noHistory} />,
  deviations: (
    <Deviations steps={record.view.steps} trialId={record.view.trial.id} reason={noHistory} />
  ),
  review: <ReviewHistory record={record} />,
})

/** Before it is armed nothing of a trial can be ticked off. */
export const EndedSteps = (props: Parameters<typeof StepsCard>[0]) =>
  props.view.trial.armedAt ? <StepsCard {...props} /> : null

/** The last verdict stored by then, and what a lead had waived. */
function StoredJudgement({ record: { verdict, waivers } }: { record: TrialRecord }) {
  if (!verdict && waivers.length === 0) return null
  return (
    <Card title="Last stored verdict">
      {verdict && <StoredVerdict verdict={verdict} />}
      {waivers.length > 0 && (
        <List size="sm" aria-label="Waivers">
          {waivers.map(({ ruleId, by, reason, at }) => (
            <ListItem key={ruleId}>
              {ruleId} waived by <UserText>{by}</UserText> <When at={at} />: “
              <UserText>{reason}</UserText>”
            </ListItem>
          ))}
        </List>
      )}
    </Card>
  )
}
