import { Group } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ActionButton } from '@/components/forms/action-button'
import type { ListedDelivery } from '@/lib/db/queries/outbox/deliveries'
import { deliveryLabels } from '@/lib/domain/notice/delivery'
import { noticeTopics } from '@/lib/domain/notice/topics'
import { discardDeliveryAction, retryDeliveryAction } from './actions'

type Props = { rows: readonly ListedDelivery[]; reason: string | undefined }

export const DeliveryTable = ({ rows, reason }: Props) => (
  <table className={classes.table}>
    <TableHead labels={['Event', 'Happened', 'Receiver', 'State', 'Last try', 'Decide']} />
    <tbody>
      {rows.map((delivery) => (
        <DeliveryRow key={delivery.id} delivery={delivery} reason={reason} />
      ))}
    </tbody>
  </table>
)

function DeliveryRow({
  delivery,
  reason,
}: {
  delivery: ListedDelivery
  reason: string | undefined
}) {
  const { id, notice, receiver, state, isHeld, tries, lastAt, lastReason, dueAt } = delivery
  const isOpen = state === 'waiting' || state === 'givenUp'
  const label = noticeTopics[notice.topic].label
  return (
    <tr>
      <td data-label="Event">
        <div>
          {label}
          {notice.simulated && <div className={classes.dim}>simulated</div>}
        </div>
      </td>
      <td data-label="Happened" className={classes.nowrap}>
        <When at={notice.at} exact />
      </td>
      <td data-label="Receiver">
        <div>
          <UserText>{receiver}</UserText>
          {delivery.personId !== null && <div className={classes.dim}>by mail</div>}
        </div>
      </td>
      <td data-label="State">
        <div>
          {deliveryLabels[state]}
          {isHeld && <div className={classes.dim}>held: the receiver is off</div>}
          {state === 'waiting' && !isHeld && tries > 0 && (
            <div className={classes.dim}>
              next try <When at={dueAt} exact />
            </div>
          )}
        </div>
      </td>
      <td data-label="Last try">
        {lastAt === null ? (
          'Not tried yet'
        ) : (
          <div>
            <When at={lastAt} exact />
            <div className={classes.dim}>
              {tries === 1 ? '1 try' : `${tries} tries`}
              {lastReason !== null && `: ${lastReason}`}
            </div>
          </div>
        )}
      </td>
      <td data-label="Decide">
        {isOpen && (
          <Group gap="xs">
            <ActionButton
              size="xs"
              variant="default"
              act={retryDeliveryAction.bind(null, { id })}
              refusedTitle="Not queued"
              reason={reason}
              aria-label={`Try now: ${label} to ${receiver}`}
            >
              Try now
            </ActionButton>
            <ActionButton
              size="xs"
              variant="default"
              act={discardDeliveryAction.bind(null, { id })}
              refusedTitle="Not discarded"
              reason={reason}
              aria-label={`Discard: ${label} to ${receiver}`}
            >
              Discard
            </ActionButton>
          </Group>
        )}
      </td>
    </tr>
  )
}
