import { Text } from '@mantine/core'
import table from '@/components/data/data-table.module.css'
import { SimulatedMark } from '@/components/data/status'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ActionButton } from '@/components/forms/action-button'
import type { ListedShare } from '@/lib/db/queries/share-links'
import type { ShareState } from '@/lib/domain/report/share-link'
import { revokeShareAction } from './share/actions'

type ShownShare = ListedShare & { state: ShareState }

const labels = ['Link', 'For', 'Report', 'Texts shown', 'Made', 'Ends', 'Last opened', 'Revoke']

type Props = { links: ShownShare[]; mayNotRevoke: string | undefined }

/** Every share link, whether it still leads anywhere, and when it was opened. */
export const ShareLinks = ({ links, mayNotRevoke }: Props) =>
  links.length === 0 ? (
    <Text size="sm" c="dimmed">
      No report was shared yet. A lead shares a frozen report here, and that of one trial on its
      report page.
    </Text>
  ) : (
    <table className={table.table} aria-label="Share links">
      <TableHead labels={labels} />
      <tbody>
        {links.map((link) => (
          <Row key={link.id} {...{ link, mayNotRevoke }} />
        ))}
      </tbody>
    </table>
  )

type RowProps = { link: ShownShare; mayNotRevoke: string | undefined }

function Row({ link, mayNotRevoke }: RowProps) {
  const { id, number, title, state, simulated, frozenNumber, trialNumber } = link
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
        <ActionButton
          size="xs"
          variant="default"
          act={revokeShareAction.bind(null, { id })}
          done={{ title: 'Revoked', message: `S-${number} leads to nothing from now on.` }}
          refusedTitle="Not revoked"
          reason={mayNotRevoke ?? (state === 'open' ? undefined : `It is ${state} already`)}
          aria-label={`Revoke S-${number}`}
        >
          Revoke
        </ActionButton>
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
