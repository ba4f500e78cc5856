import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { ActionButton } from '@/components/forms/action-button'
import type { NoticeTarget } from '@/lib/db/queries/outbox/targets'
import { noticeTopics } from '@/lib/domain/notice/topics'
import { paths } from '@/lib/paths'
import { testTargetAction } from './actions'

type Props = { targets: readonly NoticeTarget[]; reason: string | undefined }

/** The receivers. Only an admin sees a whole address: its path can be a secret of the receiver. */
export const TargetTable = ({ targets, reason }: Props) => (
  <table className={classes.table}>
    <TableHead labels={['Receiver', 'Address', 'State', 'Topics', 'Test']} />
    <tbody>
      {targets.map((target) => (
        <TargetRow key={target.id} target={target} reason={reason} />
      ))}
    </tbody>
  </table>
)

function TargetRow({ target, reason }: { target: NoticeTarget; reason: string | undefined }) {
  const { id, name, url, topics, isOn, offReason, withSimulated } = target
  const state = isOn ? 'On' : 'Off'
  return (
    <tr>
      <td data-label="Receiver">
        {reason ? (
          <UserText>{name}</UserText>
        ) : (
          <TextLink href={paths.noticeTarget(id)} size="sm">
            {name}
          </TextLink>
        )}
      </td>
      <td data-label="Address" style={{ overflowWrap: 'anywhere' }}>
        {reason ? new URL(url).origin : url}
      </td>
      <td data-label="State">{offReason ? `${state}: ${offReason}` : state}</td>
      <td data-label="Topics">
        <div>
          {topics.map((topic) => noticeTopics[topic].label).join(', ') || 'None'}
          {withSimulated && <div className={classes.dim}>also of the simulated environment</div>}
        </div>
      </td>
      <td data-label="Test">
        <ActionButton
          size="xs"
          variant="default"
          act={testTargetAction.bind(null, id)}
          done={{ title: 'Test queued', message: 'The list below shows how it ends.' }}
          refusedTitle="Not sent"
          reason={reason}
          aria-label={`Send a test to ${name}`}
        >
          Send a test
        </ActionButton>
      </td>
    </tr>
  )
}
