import { Alert, Button, Group, Stack } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { ButtonLink, TextLink, TrailLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { listClaimVersions } from '@/lib/db/queries/claims'
import { countArms } from '@/lib/db/queries/trials/arms'
import { listRegisteredVersions, listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import { listTrialsByVersion } from '@/lib/db/queries/trials/protocols'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { planAdvice } from '@/lib/domain/trial/protocol-rules'
import { paths } from '@/lib/paths'
import { ArmTable } from './arm-table'
import { Version } from './version'
import { versionsOr404 } from './versions'

type Props = { params: Promise<{ id: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [newest] = await versionsOr404((await params).id)
  return { title: newest.plan.title }
}

/** A protocol in all its versions, and which trials began with which. */
export default async function ProtocolPage({ params }: Props) {
  const { actor, db } = await authorize('look')
  const versions = await versionsOr404((await params).id)
  const [newest] = versions
  const { protocolId, plan } = newest
  const trials = await listTrialsByVersion(db, protocolId)
  const claims = await listClaimVersions(db)
  const events = await listVersionEvents(
    db,
    versions.map(({ id }) => id),
  )
  const registered = await listRegisteredVersions(db, protocolId)
  const arms = await countArms(db, protocolId)
  const advice = planAdvice(plan)
  return (
    <>
      <PageHeader
        title={<UserText>{plan.title}</UserText>}
        description={<UserText>{plan.question}</UserText>}
        action={<ProtocolActions actor={actor} protocolId={protocolId} />}
      />
      <Stack gap="md">
        {advice.length > 0 && (
          <Alert
            color="blue"
            variant="outline"
            icon={<IconInfoCircle aria-hidden />}
            title="Before you use a device for it"
          >
            {advice.join(' ')}
          </Alert>
        )}
        <ArmTable versions={versions} counts={arms} />
        {versions.map((version) => (
          <Version
            key={version.id}
            version={version}
            isNewest={version === newest}
            claims={claims}
            actor={actor}
            events={events.filter(({ versionId }) => versionId === version.id)}
            registered={registered.has(version.id)}
            trials={trials.filter(({ versionId }) => versionId === version.id)}
          />
        ))}
        <Group gap="md">
          <TextLink size="sm" href={paths.trials({ protocol: protocolId })}>
            All trials of this protocol
          </TextLink>
          <TextLink size="sm" href={paths.outcomes({ protocol: protocolId })}>
            Their outcomes
          </TextLink>
          <TrailLink actor={actor} about={{ protocol: protocolId }}>
            Audit trail
          </TrailLink>
        </Group>
      </Stack>
    </>
  )
}

function ProtocolActions({ actor, protocolId }: { actor: Actor; protocolId: string }) {
  const [cannotEdit, cannotDraft] = [
    refusalFor(actor, 'editProtocol'),
    refusalFor(actor, 'draftTrial'),
  ]
  return (
    <Group gap="xs">
      {cannotEdit ? (
        <Button variant="default" disabled title={cannotEdit}>
          Edit
        </Button>
      ) : (
        <ButtonLink href={paths.protocolEdit(protocolId)} variant="default">
          Edit
        </ButtonLink>
      )}
      {cannotDraft ? (
        <Button disabled title={cannotDraft}>
          New trial
        </Button>
      ) : (
        <ButtonLink href={paths.trialNew({ protocolId })}>New trial</ButtonLink>
      )}
    </Group>
  )
}
