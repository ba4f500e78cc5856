import {
  Anchor,
  Box,
  Button,
  Grid,
  GridCol,
  Group,
  List,
  ListItem,
  Stack,
  Text,
} from '@mantine/core'
import type { Metadata } from 'next'
import { Card } from '@/components/data/card'
import { ButtonLink, Citation, TextLink } from '@/components/data/links'
import { OtherLabsNote } from '@/components/data/other-labs-note'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import {
  listRadarEvents,
  listTrialEvidence,
  type NamedTrial,
  type Radar,
  type RadarEvent,
} from '@/lib/db/queries/radars/radars'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { radarAsMarkdown, radarAsText } from '@/lib/domain/radar/compose'
import {
  fixMechanismWords,
  lostSupport,
  nextRadarKinds,
  type RadarContent,
  radarStateInfo,
  radarTextLabels,
  usualFixMechanism,
} from '@/lib/domain/radar/radar'
import { paths } from '@/lib/paths'
import { RadarStatus } from '../radar-status'
import { readSeenElsewhere } from '../seen-elsewhere'
import { ChangeForm } from './change-form'
import { CopyButtons } from './copy-buttons'
import classes from './radar.module.css'
import { radarOr404 } from './radar-or-404'

type Props = { params: Promise<{ id: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { number } = await radarOr404((await params).id)
  return { title: `R-${number}` }
}

/** A bug report to Apple: its text to copy, what became of it, and the trials that support each step. */
export default async function RadarPage({ params }: Props) {
  const { actor, db } = await authorize('look')
  const radar = await radarOr404((await params).id)
  const events = await listRadarEvents(db, radar.id)
  const named = [...events.flatMap(({ trialIds }) => trialIds), radar.trialId ?? '']
  const trials = await listTrialEvidence(
    db,
    [...new Set(named)].filter((id) => id !== ''),
    radar.contradictionId,
  )
  const [first, ...rest] = nextRadarKinds(radar.state)
  const environment = radar.simulated ? 'simulated' : 'real'
  const seen = (await readSeenElsewhere(db, environment, [radar])).get(radar.id)
  return (
    <>
      <PageHeader
        title={
          <>
            R-{radar.number} <UserText>{radar.title}</UserText>
          </>
        }
        environment={environment}
        marks={<RadarStatus state={radar.state} />}
        description={<About radar={radar} trial={trials.find(({ id }) => id === radar.trialId)} />}
        action={radar.state === 'drafted' && <EditLink actor={actor} id={radar.id} />}
      />
      {seen && (
        <Box mb="md">
          <OtherLabsNote>{seen}</OtherLabsNote>
        </Box>
      )}
      <Grid gap="lg">
        <GridCol span={{ base: 12, lg: 7 }}>
          <Report content={radar.content} />
        </GridCol>
        <GridCol span={{ base: 12, lg: 5 }}>
          <Stack gap="lg">
            <Life events={events} trials={trials} />
            {first && (
              <Card title="What became of it">
                <ChangeForm
                  // Begins anew once the state has changed.
                  key={events.length}
                  radarId={radar.id}
                  kinds={[first, ...rest]}
                  claimedFix={radar.claimedFix}
                  mechanism={usualFixMechanism(
                    radar,
                    trials.find(({ id }) => id === radar.trialId)?.mechanism,
                  )}
                  reason={refusalFor(actor, 'writeRadar')}
                />
              </Card>
            )}
          </Stack>
        </GridCol>
      </Grid>
    </>
  )
}

function EditLink({ actor, id }: { actor: Actor; id: string }) {
  const reason = refusalFor(actor, 'writeRadar')
  return reason ? (
    <Button variant="default" disabled title={reason}>
      Edit
    </Button>
  ) : (
    <ButtonLink variant="default" href={paths.radarEdit(id)}>
      Edit
    </ButtonLink>
  )
}

/** Its platform and version, its number, and the record it was written from. */
function About({ radar, trial }: { radar: Radar; trial: NamedTrial | undefined }) {
  const { platform, startVersion, filedNumber, claimedFix, duplicateOf } = radar
  const facts = [
    startVersion ? `${platform}, from ${startVersion}` : platform,
    filedNumber ? `number ${filedNumber}` : 'not filed',
    claimedFix &&
      `fix claimed in ${claimedFix}, proved by ${fixMechanismWords[radar.fixMechanism ?? 'either']}`,
    duplicateOf && `duplicate of ${duplicateOf}`,
  ].filter(Boolean)
  return (
    <>
      {facts.join(' · ')}
      {trial ? (
        <>
          {' · written from '}
          <TextLink href={paths.trial(trial.id)}>T-{trial.number}</TextLink>
          {', with its '}
          <Anchor href={paths.trialCopy(trial.id)} size="sm">
            complete copy
          </Anchor>
        </>
      ) : (
        ` · written ${radar.contradictionId === null ? 'without a trial' : 'from the answer to a query'}`
      )}
    </>
  )
}

const parts = ['steps', 'expected', 'actual', 'configuration'] as const

function Report({ content }: { content: RadarContent }) {
  return (
    <Card title="Report">
      <div data-screen-only>
        <CopyButtons text={radarAsText(content)} markdown={radarAsMarkdown(content)} />
      </div>
      <Text size="sm">
        <b>{radarTextLabels.area}:</b> <UserText>{content.area}</UserText>
      </Text>
      {parts.map((part) => (
        <section key={part} aria-label={radarTextLabels[part]}>
          <Text size="sm" fw={600}>
            {radarTextLabels[part]}
          </Text>
          <div className={part === 'actual' ? classes.reply : classes.text}>
            <UserText>{content[part]}</UserText>
          </div>
        </section>
      ))}
      <Group gap="sm">
        {content.cites.map((cite) => (
          <Citation key={cite.url} cite={cite} />
        ))}
      </Group>
    </Card>
  )
}

/** Every step with who, when, why, and the trials that support it. */
function Life({ events, trials }: { events: RadarEvent[]; trials: NamedTrial[] }) {
  return (
    <Card title="History">
      <List size="sm" spacing="xs" listStyleType="none" aria-label="History">
        {events.map((event) => (
          <ListItem key={event.id}>
            <b>{eventWords(event)}</b> by <UserText>{event.byName}</UserText> <When at={event.at} />
            {event.reason && (
              <div>
                “<UserText>{event.reason}</UserText>”
              </div>
            )}
            {event.trialIds.length > 0 && (
              <div>
                supported by{' '}
                {trials
                  .filter(({ id }) => event.trialIds.includes(id))
                  .map(({ id, number, startOs }, index) => (
                    <span key={id}>
                      {index > 0 && ', '}
                      <TextLink href={paths.trial(id)} size="sm">
                        T-{number}
                      </TextLink>
                      {startOs && ` from ${startOs}`}
                    </span>
                  ))}
              </div>
            )}
            {trials
              .filter(({ id }) => event.trialIds.includes(id))
              .map((trial) => lostSupport(event.kind, trial))
              .filter((problem) => problem !== undefined)
              .map((problem) => (
                <Text key={problem} size="sm" role="alert">
                  Its evidence has changed since: {problem} Record what the trials show now.
                </Text>
              ))}
          </ListItem>
        ))}
      </List>
    </Card>
  )
}

function eventWords({ kind, reportNumber, version, mechanism }: RadarEvent): string {
  if (kind === 'edited') return 'Text edited'
  const words = radarStateInfo[kind].label.replace(/^./, (letter) => letter.toUpperCase())
  if (kind === 'filed') return `${words} as ${reportNumber}`
  if (kind === 'duplicate') return `${words} of ${reportNumber}`
  return kind === 'claimedFixed'
    ? `${words} in ${version}, proved by ${fixMechanismWords[mechanism ?? 'either']}`
    : words
}
