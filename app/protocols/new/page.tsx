import { List, ListItem, Stack, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { Card } from '@/components/data/card'
import { Citation, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { claimChoices, listClaimVersions } from '@/lib/db/queries/claims'
import { refusalFor } from '@/lib/domain/account/permissions'
import type { ReadyProtocol } from '@/lib/domain/trial/ready-parts'
import { findReadyProtocol, readyProtocols } from '@/lib/domain/trial/ready-protocols'
import { paths } from '@/lib/paths'
import { emptyProtocol, textOf } from '../schema'
import { ProtocolWriter } from '../writer'

export const metadata: Metadata = { title: 'New protocol' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Begins with nothing, with a ready-made protocol named in the address, or with a file. */
export default async function NewProtocolPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { begin } = await searchParams
  const ready = findReadyProtocol(typeof begin === 'string' ? begin : undefined)
  const claims = claimChoices(await listClaimVersions(db), [])
  return (
    <>
      <PageHeader title="New protocol" />
      <Stack gap="lg">
        {ready ? <BegunWith ready={ready} /> : <BeginWith />}
        <ProtocolWriter
          key={ready?.key ?? ''}
          initial={ready ? textOf(ready.plan) : emptyProtocol}
          begun={ready?.key}
          claims={claims}
          reason={refusalFor(actor, 'editProtocol')}
        />
      </Stack>
    </>
  )
}

const BeginWith = () => (
  <Card title="Begin with …">
    <Text size="sm">
      A ready-made protocol, to which you add the target; or write one in the form below.
    </Text>
    <List listStyleType="none" spacing="xs">
      {readyProtocols.map(({ key, plan, about }) => (
        <ListItem key={key}>
          <TextLink href={paths.protocolNew({ begin: key })} fw={600}>
            {plan.title}
          </TextLink>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </ListItem>
      ))}
    </List>
  </Card>
)

const BegunWith = ({ ready: { plan, about, cites } }: { ready: ReadyProtocol }) => (
  <Card title={`Begun with: ${plan.title}`}>
    <Text size="sm">{about}</Text>
    <Text size="sm">
      Name the target of each command or declaration, and change what your lab does otherwise. It is
      saved as a draft of yours.
    </Text>
    <List size="sm">
      {cites.map((cite) => (
        <ListItem key={cite.url}>
          <Citation cite={cite} />
        </ListItem>
      ))}
    </List>
    <TextLink href={paths.protocolNew()} size="sm">
      Begin with something else
    </TextLink>
  </Card>
)
