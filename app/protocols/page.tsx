import { Button, Text } from '@mantine/core'
import { IconClipboardList } from '@tabler/icons-react'
import type { Metadata } from 'next'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { Link } from '@/components/data/link'
import { ButtonLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { listProtocols } from '@/lib/db/queries/trials/protocols'
import { refusalFor } from '@/lib/domain/account/permissions'
import { describeSlot } from '@/lib/domain/trial/offered-target'
import { paths } from '@/lib/paths'
import { VersionStateBadge } from './life'

export const metadata: Metadata = { title: 'Protocols' }

export default async function ProtocolsPage() {
  const { actor, db } = await authorize('look')
  const reason = refusalFor(actor, 'editProtocol')
  const protocols = await listProtocols(db)
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['protocols']} />}
        title="Protocols"
        description="The versioned plans of trials. An edit makes a new version; a trial stays with the one it began with."
        action={
          reason ? (
            <Button disabled title={reason}>
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
        <ProtocolTable rows={protocols} />
      )}
    </>
  )
}

type Row = Awaited<ReturnType<typeof listProtocols>>[number]

const ProtocolTable = ({ rows }: { rows: Row[] }) => (
  <table className={classes.table}>
    <TableHead labels={['Title', 'Interventions', 'Version', 'State', 'Trials']} />
    <tbody>
      {rows.map((row) => (
        <ProtocolRow key={row.protocolId} row={row} />
      ))}
    </tbody>
  </table>
)

const ProtocolRow = ({
  row: { protocolId, version, plan, createdAt, createdBy, state, ...trials },
}: {
  row: Row
}) => (
  <tr>
    <td data-label="Title">
      <div>
        <Link href={paths.protocol(protocolId)} className={classes.name}>
          <UserText>{plan.title}</UserText>
        </Link>
        <Text size="sm" c="dimmed">
          <UserText>{plan.question}</UserText>
        </Text>
      </div>
    </td>
    <td data-label="Interventions">{plan.slots.map(describeSlot).join(', then ')}</td>
    <td data-label="Version">
      <div>
        {version}
        <div className={classes.dim}>
          <When at={createdAt} /> by <UserText>{createdBy}</UserText>
        </div>
      </div>
    </td>
    <td data-label="State">
      <VersionStateBadge state={state} />
    </td>
    <td data-label="Trials">{trialWords(trials)}</td>
  </tr>
)

/** Two numbers, never their sum: the environments are not mixed. */
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
