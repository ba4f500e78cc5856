import {
  Button,
  Table,
  TableScrollContainer,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
} from '@mantine/core'
import { IconClipboardList } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/empty-state'
import { ButtonLink, TextLink } from '@/components/links'
import { PageHeader } from '@/components/page-header'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import { requireActor } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { listProtocols } from '@/lib/db/protocols'
import { refusalFor } from '@/lib/domain/actor'
import { describeSlot } from '@/lib/domain/offered-target'
import { paths } from '@/lib/paths'

export const metadata: Metadata = { title: 'Protocols' }

export default async function ProtocolsPage() {
  const because = refusalFor(await requireActor(), 'editProtocol')
  const protocols = await listProtocols(db)
  return (
    <>
      <PageHeader
        title="Protocols"
        description="The versioned plans of trials. An edit makes a new version; a trial stays with the one it began with."
        action={
          because ? (
            <Button disabled title={because}>
              New protocol
            </Button>
          ) : (
            <ButtonLink href={paths.protocolNew()}>New protocol</ButtonLink>
          )
        }
      />
      {protocols.length === 0 ? (
        <EmptyState title="No protocols yet" icon={IconClipboardList}>
          Write down a question, the commands that answer it and what you expect.
        </EmptyState>
      ) : (
        <TableScrollContainer minWidth={560}>
          <Table>
            <TableThead>
              <TableTr>
                <TableTh>Title</TableTh>
                <TableTh>Commands</TableTh>
                <TableTh>Version</TableTh>
                <TableTh>Trials</TableTh>
              </TableTr>
            </TableThead>
            <TableTbody>
              {protocols.map(({ protocolId, version, plan, createdAt, createdBy, ...trials }) => (
                <TableTr key={protocolId}>
                  <TableTd>
                    <TextLink href={paths.protocol(protocolId)} fw={600}>
                      <UserText>{plan.title}</UserText>
                    </TextLink>
                    <Text size="sm" c="dimmed">
                      <UserText>{plan.question}</UserText>
                    </Text>
                  </TableTd>
                  <TableTd>{plan.slots.map(describeSlot).join(', then ')}</TableTd>
                  <TableTd>
                    {version}
                    <Text size="xs" c="dimmed">
                      <When at={createdAt} /> by <UserText>{createdBy}</UserText>
                    </Text>
                  </TableTd>
                  <TableTd>{trialWords(trials)}</TableTd>
                </TableTr>
              ))}
            </TableTbody>
          </Table>
        </TableScrollContainer>
      )}
    </>
  )
}

/** Two numbers, never their sum: the worlds are not mixed. */
function trialWords({
  realTrials,
  simulatedTrials,
}: {
  realTrials: number
  simulatedTrials: number
}) {
  const words = [
    ...(realTrials > 0 ? [`${realTrials} real`] : []),
    ...(simulatedTrials > 0 ? [`${simulatedTrials} SIMULATED`] : []),
  ]
  return words.length === 0 ? 'none yet' : words.join(', ')
}
