import { Alert, Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { type VerifiedArms, verifyArms } from '@/lib/core/trials/verify-arms'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import type { ProtocolVersion } from '@/lib/db/queries/trials/protocols'
import type { Environment } from '@/lib/domain/device/device'
import { assignedWithin, blockWords } from '@/lib/domain/trial/arms'
import { paths } from '@/lib/paths'
import { versionsOr404 } from '../versions'
import { AssignmentTable } from './assignments'

export const metadata: Metadata = { title: 'Verify the assignments' }

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | undefined>>
}

/** Every assignment of a version to an arm, computed again from the seed and compared with the record. */
export default async function ArmsPage({ params, searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const versions = await versionsOr404((await params).id)
  const given = await searchParams
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const inArms = versions.filter(({ plan }) => plan.design)
  const version = inArms.find((one) => String(one.version) === given.version) ?? inArms[0]
  const found =
    version &&
    (await verifyArms(db, actor, {
      versionId: version.id,
      simulated: environment === 'simulated',
    }))
  return (
    <>
      <PageHeader
        title="Verify the assignments"
        environment={environment}
        environmentReason={reason}
        description={
          <>
            <UserText>{versions[0].plan.title}</UserText>:{' '}
            <TextLink href={paths.protocol(versions[0].protocolId)} size="sm">
              the protocol
            </TextLink>
          </>
        }
      />
      {version?.plan.design && found ? (
        <Stack gap="md">
          <Choice versions={inArms} chosen={version} environment={environment} />
          <Text size="sm">
            Drawn at random within {assignedWithin(version.plan.design)}, in blocks of{' '}
            {blockWords(version.plan.design)}.
          </Text>
          {found.list ? (
            <ListFacts list={found.list} problems={found.problems} />
          ) : (
            <>
              {found.problems.length > 0 && <Verdict problems={found.problems} />}
              <Text size="sm">No arm was drawn yet, so there is no seed.</Text>
            </>
          )}
          {found.assignments.length > 0 && <AssignmentTable rows={found.assignments} />}
        </Stack>
      ) : (
        <Text size="sm">No version of this protocol has arms.</Text>
      )}
    </>
  )
}

type ChoiceProps = {
  versions: ProtocolVersion[]
  chosen: ProtocolVersion
  environment: Environment
}

/** A plain form: the version is in the address. */
const Choice = ({ versions, chosen, environment }: ChoiceProps) => (
  <form method="get" aria-label="Version to verify" data-screen-only>
    <input type="hidden" name="environment" value={environment} />
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label="Version"
        name="version"
        defaultValue={chosen.version}
        data={versions.map(({ version }) => ({
          value: String(version),
          label: `Version ${version}`,
        }))}
      />
      <Button type="submit" variant="default">
        Verify
      </Button>
    </Group>
  </form>
)

function Verdict({ problems, children }: { problems: readonly string[]; children?: ReactNode }) {
  const fits = problems.length === 0
  return (
    <Alert
      color={fits ? 'teal' : 'red'}
      variant="outline"
      icon={fits ? <IconCircleCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={
        fits
          ? 'Every random assignment is the one that follows from the seed'
          : 'The record is not what was drawn, chosen or registered'
      }
    >
      {problems.map((problem) => (
        <Text key={problem} size="sm">
          <UserText>{problem}</UserText>
        </Text>
      ))}
      {children}
    </Alert>
  )
}

/** The verdict, the method, and the seed or what is known of it. */
function ListFacts({ list, problems }: { list: VerifiedArms; problems: readonly string[] }) {
  const { method, seed, seedSha256, drawnAt } = list
  return (
    <>
      <Verdict problems={problems}>
        <Text size="sm">
          Computed again just now by the method {method}. The seed was drawn <When at={drawnAt} />,
          for this version and environment alone.
        </Text>
      </Verdict>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        SHA-256 of the seed: <code>{seedSha256}</code>
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        Seed:{' '}
        {seed ? (
          <code>{seed}</code>
        ) : (
          'shown once this version is retired. Whoever knows it knows the arm of the next trial; with it anybody can compute the list.'
        )}
      </Text>
    </>
  )
}
