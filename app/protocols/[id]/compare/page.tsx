import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import type { ProtocolVersion } from '@/lib/db/queries/trials/protocols'
import { planDifference } from '@/lib/domain/trial/plan-difference'
import { paths } from '@/lib/paths'
import { versionsOr404 } from '../versions'
import { Difference } from './difference'

export const metadata: Metadata = { title: 'Versions compared' }

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** What one version of a protocol says differently from another one, which may be any two. */
export default async function ComparePage({ params, searchParams }: Props) {
  await authorize('look')
  const versions = await versionsOr404((await params).id)
  const [newest] = versions
  const given = await searchParams
  const named = (name: string) => versions.find(({ version }) => String(version) === given[name])
  const after = named('to') ?? newest
  const before =
    named('from') ?? versions.find(({ version }) => version === after.version - 1) ?? after
  return (
    <>
      <PageHeader
        title="Versions compared"
        description={
          <>
            <UserText>{newest.plan.title}</UserText>:{' '}
            <TextLink href={paths.protocol(newest.protocolId)} size="sm">
              all versions
            </TextLink>
          </>
        }
      />
      <Stack gap="md">
        <Choice versions={versions} from={before} to={after} />
        <Text size="sm">
          Version {before.version}: <UserText>{before.createdBy}</UserText>{' '}
          <When at={before.createdAt} />. Version {after.version}:{' '}
          <UserText>{after.createdBy}</UserText> <When at={after.createdAt} />.
        </Text>
        <Difference
          fields={planDifference(before.plan, after.plan)}
          from={before.version}
          to={after.version}
        />
      </Stack>
    </>
  )
}

type ChoiceProps = { versions: ProtocolVersion[]; from: ProtocolVersion; to: ProtocolVersion }

/** A plain form: the two versions are in the address. */
function Choice({ versions, from, to }: ChoiceProps) {
  const data = versions.map(({ version }) => ({
    value: String(version),
    label: `Version ${version}`,
  }))
  return (
    <form method="get" aria-label="Versions to compare" data-screen-only>
      <Group align="flex-end" gap="sm">
        <NativeSelect label="From" name="from" defaultValue={from.version} data={data} />
        <NativeSelect label="To" name="to" defaultValue={to.version} data={data} />
        <Button type="submit" variant="default">
          Compare
        </Button>
      </Group>
    </form>
  )
}
