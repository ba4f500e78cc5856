import { Anchor, Badge, Group, List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { trialStateWord } from '@/components/trial/trial-status'
import type { Claim } from '@/lib/db/queries/claims'
import type { ProtocolVersion, TrialOfVersion } from '@/lib/db/queries/trials/protocols'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { installActionInfo } from '@/lib/domain/trial/install-action'
import {
  declarationInfoOf,
  interventionName,
  interventionsName,
  isDeclaration,
} from '@/lib/domain/trial/mechanism'
import { observationInfo } from '@/lib/domain/trial/observation'
import { describeSlot } from '@/lib/domain/trial/offered-target'
import { conditionFields, designFields } from '@/lib/domain/trial/plan-difference'
import {
  numeratorWords,
  type PrimaryOutcome,
  primaryOutcomeInfo,
} from '@/lib/domain/trial/primary-outcome'
import type { StartingConditions } from '@/lib/domain/trial/protocol'
import {
  isVersionAuthor,
  stateOfVersion,
  type VersionEvent,
} from '@/lib/domain/trial/protocol-life'
import { paths } from '@/lib/paths'
import { JudgeVersion } from '../judge'
import { VersionLife, VersionStateBadge } from '../life'
import { NamedClaims } from './claims'

type Props = {
  version: ProtocolVersion
  isNewest: boolean
  trials: TrialOfVersion[]
  claims: Claim[]
  actor: Actor
  events: readonly VersionEvent[]
  /** Whether a trial was registered with it. */
  registered: boolean
}

const ownVersion = (version: ProtocolVersion, actor: Actor) =>
  isVersionAuthor(version, actor) ? 'You wrote this version: another lead reviews it.' : undefined

/** What one version says, and the trials that are pinned to it. */
export function Version({ version, isNewest, trials, claims, actor, events, registered }: Props) {
  const state = stateOfVersion(events, registered)
  const cannotJudge = refusalFor(actor, 'reviewProtocol')
  const { plan, createdAt, createdBy } = version
  return (
    <Paper withBorder p="md" component="section" aria-label={`Version ${version.version}`}>
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={2} size="h4">
            Version {version.version}
          </Title>
          {isNewest && (
            <Badge variant="default" radius="sm" tt="none">
              newest
            </Badge>
          )}
          <VersionStateBadge state={state} />
          <Text size="xs" c="dimmed">
            <When at={createdAt} /> by <UserText>{createdBy}</UserText>
          </Text>
          {version.version > 1 && (
            <TextLink
              size="xs"
              href={paths.protocolCompare(version.protocolId, {
                from: version.version - 1,
                to: version.version,
              })}
            >
              Changes since version {version.version - 1}
            </TextLink>
          )}
          <FileLink version={version} actor={actor} />
        </Group>
        <VersionLife events={events} />
        <JudgeVersion
          versionId={version.id}
          version={version.version}
          review={
            state === 'draft' ? { reason: cannotJudge ?? ownVersion(version, actor) } : undefined
          }
          retire={state === 'retired' ? undefined : { reason: cannotJudge }}
        />
        <Written title="Hypothesis" text={plan.hypothesis} />
        <Part title={`${interventionsName(plan)}, each released separately`}>
          <List type="ordered" size="sm">
            {numbered(plan.slots).map(({ number, item }) => (
              <ListItem key={number}>
                {interventionName(item)}, <UserText>{describeSlot(item)}</UserText>
                <Text size="xs" c="dimmed">
                  {isDeclaration(item)
                    ? declarationInfoOf(item.when.kind)
                    : installActionInfo[item.installAction]}
                </Text>
                {isDeclaration(item) && (
                  <Written inline title="DetailsURL" text={item.detailsUrl} />
                )}
                <Written inline title="Look at" text={item.lookAt} />
                <Written inline title="Expected" text={item.expect} />
              </ListItem>
            ))}
          </List>
        </Part>
        <Part title="Primary outcome">
          <PrimaryOutcomeWords primary={version.primaryOutcome} chosen={plan.primaryOutcome} />
        </Part>
        {plan.twoPersonRelease && (
          <Part title="Release">
            <Text size="sm">
              Two people: each command is counter-signed by somebody other than the person who
              releases it.
            </Text>
          </Part>
        )}
        {plan.secondReader && (
          <Part title="Second reader">
            <Text size="sm">
              A second person who does not know the outcome reads the record. It counts once both
              said the same, or a lead has decided between the two.
            </Text>
          </Part>
        )}
        <Part title="Starting conditions">
          <Text size="sm">{conditionWords(plan.conditions)}</Text>
        </Part>
        {plan.design && (
          <Part title="Factors and arms">
            <List size="sm">
              {designFields(plan).map(([label, text]) => (
                <ListItem key={label}>
                  <UserText>{label}</UserText>: {text}
                </ListItem>
              ))}
            </List>
          </Part>
        )}
        <Written title="Inclusion beyond the rules" text={plan.inclusion} />
        <Written title="Exclusion beyond the rules" text={plan.exclusion} />
        <Part title="Steps">
          {plan.steps.length === 0 && <Text size="sm">none written down</Text>}
          <List type="ordered" size="sm">
            {numbered(plan.steps).map(({ number, item: { doThis, lookAt, expect, sightings } }) => (
              <ListItem key={number}>
                <UserText>{doThis}</UserText>
                <Written inline title="Look at" text={lookAt} />
                <Written inline title="Expected" text={expect} />
                {sightings && (
                  <Text size="xs" c="dimmed">
                    Sightings: {sightings.map((kind) => observationInfo[kind].label).join(', ')}
                  </Text>
                )}
              </ListItem>
            ))}
          </List>
        </Part>
        <Part title="Expected outcome">
          <Text size="sm">
            <UserText>{plan.expectedOutcome}</UserText>, within {plan.deadlineMinutes} minutes of
            the release
          </Text>
        </Part>
        <Written title="Stop rule" text={plan.stopRule} />
        {plan.claims && plan.claims.length > 0 && (
          <Part title="Claims it tests">
            <NamedClaims named={plan.claims} claims={claims} />
          </Part>
        )}
        <Part title="Trials with this version">
          <TrialsOf trials={trials.filter(({ simulated }) => !simulated)} environment="real" />
          <TrialsOf trials={trials.filter(({ simulated }) => simulated)} environment="simulated" />
          {trials.length === 0 && <Text size="sm">none yet</Text>}
        </Part>
      </Stack>
    </Paper>
  )
}

/** The same command or step may stand twice; its number is what tells the two apart. */
const numbered = <T,>(items: readonly T[]) =>
  items.map((item, index) => ({ number: index + 1, item }))

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <div>
    <Title order={3} size="sm" mb={2}>
      {title}
    </Title>
    {children}
  </div>
)

const FileLink = ({ version, actor }: Pick<Props, 'version' | 'actor'>) =>
  refusalFor(actor, 'export') === undefined && (
    <Anchor
      size="xs"
      href={paths.protocolFile(version.protocolId, { version: version.version })}
      download
      data-screen-only
    >
      Export version {version.version} as a file
    </Anchor>
  )

type WrittenProps = { title: string; text: string | undefined; inline?: boolean }

/** A text of the plan; nothing where nothing was written. */
function Written({ title, text, inline }: WrittenProps) {
  if (!text) return null
  if (inline)
    return (
      <Text size="xs" c="dimmed" style={{ whiteSpace: 'pre-wrap' }}>
        {title}: <UserText>{text}</UserText>
      </Text>
    )
  return (
    <Part title={title}>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        <UserText>{text}</UserText>
      </Text>
    </Part>
  )
}

type PrimaryProps = { primary: PrimaryOutcome; chosen: PrimaryOutcome | undefined }

function PrimaryOutcomeWords({ primary, chosen }: PrimaryProps) {
  const { label, countsWhere } = primaryOutcomeInfo[primary]
  return (
    <>
      <Text size="sm">
        {label}: a trial counts where {countsWhere}.
      </Text>
      <Text size="xs" c="dimmed">
        Numerator: {numeratorWords(primary)}.
        {chosen === undefined && ' Nobody chose it: it follows from the commands.'}
      </Text>
    </>
  )
}

type TrialsProps = { trials: TrialOfVersion[]; environment: 'real' | 'simulated' }

/** The trials of one environment: their number never adds up with those of the other. */
function TrialsOf({ trials, environment }: TrialsProps) {
  const all = trials[0]?.alike
  if (all === undefined) return null
  return (
    <Text size="sm" component="div">
      {all} {environment === 'real' ? 'real' : 'SIMULATED'}:{' '}
      {trials.map(({ id, number, state }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <TextLink href={paths.trial(id)} size="sm">
            T-{number}
          </TextLink>{' '}
          {trialStateWord(state).toLowerCase()}
        </span>
      ))}
      {all > trials.length && `, and ${all - trials.length} older ones`}
    </Text>
  )
}

/** What a protocol asks for in place of the lab's own rules, in words. */
function conditionWords(conditions: StartingConditions): string {
  const words = conditionFields(conditions).flatMap(([label, text]) =>
    text === '' ? [] : [`${label.charAt(0).toLowerCase()}${label.slice(1)} ${text}`],
  )
  return words.length === 0
    ? 'the lab’s own rules, nothing else'
    : `${words.join(', ')}; for the rest the lab’s own rules`
}
