import { Group, List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import type { Metadata } from 'next'
import { ButtonLink, TextLink } from '@/components/links'
import { PageHeader } from '@/components/page-header'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import { requireActor } from '@/lib/auth/actor'
import type { ProtocolVersion } from '@/lib/db/protocols'
import { describeSlot } from '@/lib/domain/offered-target'
import type { CommandSlotPlan, StartingConditions } from '@/lib/domain/protocol'
import { planAdvice } from '@/lib/domain/protocol-rules'
import { paths } from '@/lib/paths'
import { versionsOr404 } from './versions'

type Props = { params: Promise<{ id: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [newest] = await versionsOr404((await params).id)
  return { title: newest.plan.title }
}

export default async function ProtocolPage({ params }: Props) {
  await requireActor()
  const versions = await versionsOr404((await params).id)
  const [newest] = versions
  const { protocolId } = newest
  return (
    <>
      <PageHeader
        title={<UserText>{newest.plan.title}</UserText>}
        description={<UserText>{newest.plan.question}</UserText>}
        action={
          <Group gap="xs">
            <ButtonLink href={paths.protocolEdit(protocolId)} variant="default">
              Edit
            </ButtonLink>
            <ButtonLink href={paths.trialNew({ protocolId })}>New trial</ButtonLink>
          </Group>
        }
      />
      <Stack gap="lg">
        {planAdvice(newest.plan).map((advice) => (
          <Text key={advice} size="sm">
            To be known: {advice}
          </Text>
        ))}
        {versions.map((version) => (
          <Version key={version.id} version={version} />
        ))}
        <TextLink href={paths.trials({ protocol: protocolId })}>Trials of this protocol</TextLink>
      </Stack>
    </>
  )
}

/** The same command may stand twice; its number is what tells the two apart. */
const numbered = (slots: CommandSlotPlan[]) =>
  slots.map((slot, index) => ({ number: index + 1, slot }))

function Version({
  version: { version, plan, createdAt, createdBy },
}: {
  version: ProtocolVersion
}) {
  return (
    <Paper withBorder p="md" component="section" aria-label={`Version ${version}`}>
      <Stack gap={6}>
        <Title order={2} size="h4">
          Version {version}
        </Title>
        <Text size="xs" c="dimmed">
          <When at={createdAt} /> by <UserText>{createdBy}</UserText>
        </Text>
        <List type="ordered" size="sm">
          {numbered(plan.slots).map(({ number, slot }) => (
            <ListItem key={number}>ScheduleOSUpdate, {describeSlot(slot)}</ListItem>
          ))}
        </List>
        <Text size="sm">
          <b>Starting conditions:</b> {conditionWords(plan.conditions)}
        </Text>
        <List size="sm">
          {plan.steps.map(({ doThis, expect }) => (
            <ListItem key={`${doThis} ${expect}`}>
              <UserText>{doThis}</UserText>
              {expect && (
                <Text span size="sm" c="dimmed">
                  {' '}
                  (expected: <UserText>{expect}</UserText>)
                </Text>
              )}
            </ListItem>
          ))}
        </List>
        <Text size="sm">
          <b>Expected outcome:</b> <UserText>{plan.expectedOutcome}</UserText> · deadline{' '}
          {plan.deadlineMinutes} minutes after the release
        </Text>
      </Stack>
    </Paper>
  )
}

type Range = { min?: number | undefined; max?: number | undefined } | undefined

const rangeWords = (what: string, range: Range, show: (value: number) => string): string[] => [
  ...(range?.min === undefined ? [] : [`${what} at least ${show(range.min)}`]),
  ...(range?.max === undefined ? [] : [`${what} at most ${show(range.max)}`]),
]

/** What the protocol asks for beyond the lab's rules, in words. */
function conditionWords(conditions: StartingConditions): string {
  const { battery, freeBytes, externalPower, passcode, network, automaticUpdates } = conditions
  const words = [
    ...rangeWords('battery', battery, String),
    ...rangeWords('free disk', freeBytes, (bytes) => `${bytes / 1e9} GB`),
    ...(externalPower === undefined ? [] : [externalPower ? 'plugged in' : 'unplugged']),
    ...(passcode === undefined ? [] : [passcode === 'set' ? 'passcode set' : 'no passcode']),
    ...(network === undefined ? [] : [`network ${network}`]),
    ...(automaticUpdates === undefined ? [] : [`automatic updates ${automaticUpdates}`]),
  ]
  return words.length === 0 ? 'the lab’s own rules' : words.join(', ')
}
