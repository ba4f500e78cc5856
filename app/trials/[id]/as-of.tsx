import { Grid, GridCol, List, ListItem, Stack, Text, Title } from '@mantine/core'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { PastPage } from '@/components/data/past-page'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { StoredVerdict } from '@/components/device/stored-verdict'
import { TrialStatus } from '@/components/trial/trial-status'
import { enter } from '@/lib/auth/door'
import { lookBackAtTrial, type TrialThen } from '@/lib/core/record/look-back'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { foldReview, isReviewed } from '@/lib/domain/review/review'
import { holdSecondsFor } from '@/lib/domain/trial/hold'
import { timelineOf } from '@/lib/domain/trial/timeline'
import { paths } from '@/lib/paths'
import { Timeline } from './observe/timeline'
import { Outcome } from './outcome/outcome'
import { FoundContradictions } from './record/contradictions'
import { Registration } from './record/registration'
import { timelineReply } from './record/reply-words'
import { CheckedSignatures } from './record/signatures'
import { StartingStateCard } from './record/starting-state'
import { Delivery } from './release/delivery'
import { Ladder } from './release/ladder'
import { ReviewThen } from './review/review-then'

/** The trial as it was at an instant: the same record, read of that moment, and nothing to press. */
export async function TrialAsOf({ trial, asOf }: { trial: Trial; asOf: string }) {
  const { actor, db } = await enter('look')
  const now = new Date()
  const found = await lookBackAtTrial(db, actor, { id: trial.id, asOf }, now)
  const hrefAt = (instant?: string) => paths.trial(trial.id, { asOf: instant })
  const environment = trial.simulated ? 'simulated' : 'real'
  return (
    <PastPage
      {...{ found, environment, hrefAt, now }}
      title={`T-${trial.number}`}
      what={`T-${trial.number}`}
      limits={
        <Text size="sm">
          What the program proposed as the outcome was worked out at each look and is kept only
          where somebody decided on it. A signature is held against the record of that moment.
        </Text>
      }
    >
      {(then, at) => <Record then={then} at={at} />}
    </PastPage>
  )
}

function Record({ then, at }: { then: TrialThen; at: Date }) {
  const { view, settings, signatures, reviewEvents, contradictions, checks } = then
  const { trial, device, version } = view
  const review = isReviewed(trial) ? foldReview(reviewEvents.map(({ kind }) => kind)) : undefined
  return (
    <>
      <PageHeader
        title={`T-${trial.number}`}
        environment={trial.simulated ? 'simulated' : 'real'}
        marks={<TrialStatus state={trial.state} />}
        description={
          <>
            <TextLink href={paths.device(device.id, { asOf: at.toISOString() })}>
              <UserText>{device.labTag ?? device.name}</UserText>
            </TextLink>{' '}
            <UserText>{device.name}</UserText> · <UserText>{version.plan.title}</UserText>, version{' '}
            {version.version}
          </>
        }
      />
      <Stack gap="lg">
        <Ladder
          trial={trial}
          review={review}
          holdSeconds={holdSecondsFor(settings.holdSeconds, trial)}
          lookOnly={undefined}
        />
        <Grid gap="lg">
          <GridCol span={{ base: 12, lg: 7 }}>
            <Stack gap="lg">
              <Delivery view={view} actor={undefined} />
              <Outcome view={view} underWay={trial.state === 'observing'} />
              <ReviewThen state={review} events={reviewEvents} view={view} />
              <Judged then={then} />
            </Stack>
          </GridCol>
          <GridCol span={{ base: 12, lg: 5 }}>
            <Stack gap="lg">
              <section aria-label="Timeline">
                <Title order={2} size="h4" mb="xs">
                  Timeline
                </Title>
                <Timeline
                  entries={timelineOf({ ...view, replies: view.replies.map(timelineReply) })}
                  trialId={trial.id}
                  canCorrect={false}
                  review={undefined}
                />
              </section>
              <FoundContradictions found={contradictions} checks={checks} />
              <CheckedSignatures signatures={signatures} trial={trial} />
              <Registration view={view} review={undefined} />
              <StartingStateCard view={view} review={undefined} />
            </Stack>
          </GridCol>
        </Grid>
      </Stack>
    </>
  )
}

/** The last verdict that was stored by then, and what a lead had set aside. */
function Judged({ then: { verdict, waivers } }: { then: TrialThen }) {
  if (!verdict && waivers.length === 0) return null
  return (
    <Card title="Last stored verdict">
      {verdict && <StoredVerdict verdict={verdict} />}
      {waivers.length > 0 && (
        <List size="sm" aria-label="Waivers">
          {waivers.map(({ ruleId, by, because, at }) => (
            <ListItem key={ruleId}>
              {ruleId} waived by <UserText>{by}</UserText> <When at={at} />: “
              <UserText>{because}</UserText>”
            </ListItem>
          ))}
        </List>
      )}
    </Card>
  )
}
