import { List, ListItem, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { CustodyRow, HandOverRow } from '@/lib/db/queries/devices/custody'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  type CustodyNow,
  whyNotAnswer,
  whyNotHandOver,
  whyNotPutBack,
  whyNotTake,
  whyNotTakeOver,
  whyNotWithdraw,
} from '@/lib/domain/device/custody'
import { CustodyButtons } from './custody-buttons'

type Props = {
  deviceId: string
  retired: boolean
  location: string
  /** Everybody who had it, and every hand-over; the newest first. */
  custodies: readonly CustodyRow[]
  handOvers: readonly HandOverRow[]
  /** Who looks, and to whom it can be handed; undefined in a history. */
  current: { actor: Actor; people: { value: string; label: string }[] } | undefined
}

/** Who has the device, since when and where, and the hand-over that waits. */
export function Custody(props: Props) {
  const { deviceId, retired, location, custodies, handOvers, current } = props
  const open = custodies.find(({ endedAt }) => endedAt === null)
  const pending = handOvers.find(({ answer }) => answer === null)
  return (
    <Card title="Custody">
      {open ? (
        <Text size="sm">
          With{' '}
          <b>
            <UserText>{open.holderName}</UserText>
          </b>{' '}
          since <When at={open.since} />, at <UserText>{open.place}</UserText>
        </Text>
      ) : (
        <Text size="sm">
          Nobody has it
          {location && (
            <>
              ; it is kept at <UserText>{location}</UserText>
            </>
          )}
        </Text>
      )}
      {pending && (
        <Text size="sm">
          Waits for the acceptance of <UserText>{pending.toName}</UserText>, offered by{' '}
          <UserText>{pending.offeredByName}</UserText> <When at={pending.offeredAt} />
          {pending.note && (
            <>
              : “<UserText>{pending.note}</UserText>”
            </>
          )}
        </Text>
      )}
      {current && (
        <CustodyButtons
          deviceId={deviceId}
          people={current.people}
          place={pending?.place ?? open?.place ?? location}
          custodyId={open?.id ?? null}
          handOverId={pending?.id ?? null}
          mayNot={mayNotOf({ open, pending, retired }, current.actor)}
        />
      )}
      <Past custodies={custodies} handOvers={handOvers} />
    </Card>
  )
}

const mayNotOf = (now: CustodyNow, actor: Actor) => ({
  handOver: whyNotHandOver(now, actor),
  take: whyNotTake(now, actor),
  takeOver: whyNotTakeOver(now, actor),
  putBack: whyNotPutBack(now, actor),
  answer: whyNotAnswer(now, actor),
  withdraw: whyNotWithdraw(now, actor),
})

const beganWords = { taken: 'took it', accepted: 'accepted it', takenOver: 'took it over' }

/** Everybody who had it before, and the offers that came to nothing. */
function Past({ custodies, handOvers }: Pick<Props, 'custodies' | 'handOvers'>) {
  const failed = handOvers.filter(({ answer }) => answer === 'refused' || answer === 'withdrawn')
  const count = custodies.length + failed.length
  if (count === 0) return null
  return (
    <details>
      <summary style={{ fontSize: 'var(--mantine-font-size-sm)', lineHeight: '24px' }}>
        History of custody ({count})
      </summary>
      <List size="sm" listStyleType="none" spacing={4}>
        {custodies.map((one) => (
          <ListItem key={`custody ${one.id}`}>
            <UserText>{one.holderName}</UserText> {beganWords[one.began]} <When at={one.since} />,
            at <UserText>{one.place}</UserText>
            {one.reason && (
              <>
                : “<UserText>{one.reason}</UserText>”
              </>
            )}
            {one.endedAt && (
              <>
                ; until <When at={one.endedAt} />
              </>
            )}
          </ListItem>
        ))}
        {failed.map((one) => (
          <ListItem key={`hand-over ${one.id}`}>
            <UserText>{one.offeredByName}</UserText> offered it to <UserText>{one.toName}</UserText>{' '}
            <When at={one.offeredAt} />; {one.answer} by <UserText>{one.answeredByName}</UserText>:
            “<UserText>{one.answerReason}</UserText>”
          </ListItem>
        ))}
      </List>
    </details>
  )
}
