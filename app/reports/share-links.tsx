'use client'

import { Button, Text } from '@mantine/core'
import table from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { SimulatedMark } from '@/components/data/status'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { useAction } from '@/components/forms/use-action'
import type { ListedShare } from '@/lib/db/queries/share-links'
import type { ShareState } from '@/lib/domain/report/share-link'
import { revokeShareAction } from './share/actions'

type ShownShare = ListedShare & { state: ShareState }

const labels = ['Link', 'For', 'Report', 'Texts shown', 'Made', 'Ends', 'Last opened', 'Revoke']

type Props = { links: ShownShare[]; mayNotRevoke: string | undefined }

/** Every share link, whether it still leads anywhere, and when it was opened. */
export function ShareLinks({ links, mayNotRevoke }: Props) {
  const { busy, refusal, run } = useAction()
  if (links.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No report was shared yet. A lead shares a frozen report here, and that of one trial on its
        report page.
      </Text>
    )
  const revoke = (id: string) => run(() => revokeShareAction({ id }))
  return (
    <>
      {refusal && <Refusal title="Not revoked" reason={refusal.reason} />}
      <table className={table.table} aria-label="Share links">
        <TableHead labels={labels} />
        <tbody>
          {links.map((link) => (
            <Row key={link.id} link={link} {...{ busy, mayNotRevoke, revoke }} />
          ))}
        </tbody>
      </table>
    </>
  )
}

type RowProps = {
  link: ShownShare
  busy: boolean
  mayNotRevoke: string | undefined
  revoke: (id: string) => void
}

function Row({ link, busy, mayNotRevoke, revoke }: RowProps) {
  const { id, number, title, state, simulated, frozenNumber, trialNumber } = link
  const mayNot = mayNotRevoke ?? (state === 'open' ? undefined : `It is ${state} already`)
  return (
    <tr>
      <td data-label="Link" className={table.tag}>
        S-{number}
      </td>
      <td data-label="For">
        <UserText>{title}</UserText>
      </td>
      <td data-label="Report">
        {frozenNumber === null ? `T-${trialNumber}` : `F-${frozenNumber}`}{' '}
        {simulated && <SimulatedMark />}
      </td>
      <td data-label="Texts shown">
        {link.textsChosen} of {link.textsInAll}
      </td>
      <td data-label="Made">
        <When at={link.madeAt} /> by <UserText>{link.madeByName}</UserText>
      </td>
      <td data-label="Ends">
        <Ends link={link} />
      </td>
      <td data-label="Last opened">
        {link.lastOpenedAt === null ? (
          <span className={table.dim}>never</span>
        ) : (
          <span>
            <When at={link.lastOpenedAt} />, {link.openings}{' '}
            {link.openings === 1 ? 'time' : 'times'}
          </span>
        )}
      </td>
      <td data-label="Revoke">
        <Button
          size="xs"
          variant="default"
          aria-label={`Revoke S-${number}`}
          disabled={busy || mayNot !== undefined}
          title={mayNot ?? 'It leads to nothing from then on'}
          onClick={() => revoke(id)}
        >
          Revoke
        </Button>
      </td>
    </tr>
  )
}

function Ends({ link }: { link: ShownShare }) {
  if (link.revokedAt !== null)
    return (
      <span>
        revoked <When at={link.revokedAt} /> by <UserText>{link.revokedByName}</UserText>
      </span>
    )
  return (
    <span>
      {link.state === 'expired' && 'expired '}
      <When at={link.expiresAt} />
    </span>
  )
}
