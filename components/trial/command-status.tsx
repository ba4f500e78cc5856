import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconClockPause,
  IconHourglass,
  IconInbox,
  IconPlugConnectedX,
  IconSend,
} from '@tabler/icons-react'
import type { CommandState } from '@/lib/domain/trial/command-slot'
import { Status, type StatusLook } from '../data/status'

const looks: Record<CommandState, StatusLook> = {
  reserved: {
    word: 'Reserved',
    icon: IconHourglass,
    color: 'blue',
    meaning: 'Written down, not sent yet',
  },
  cancelled: {
    word: 'Cancelled',
    icon: IconArrowBackUp,
    color: 'gray',
    meaning: 'Taken back before it left',
  },
  lapsed: {
    word: 'Lapsed',
    icon: IconClockPause,
    color: 'gray',
    meaning: 'Not sent, as the device had changed when its time came',
  },
  sending: {
    word: 'Sending',
    icon: IconSend,
    color: 'orange',
    meaning: 'The one request is on its way',
  },
  queued: {
    word: 'Queued',
    icon: IconInbox,
    color: 'blue',
    meaning: 'The MDM server has it; the device may not have fetched it',
  },
  refused: {
    word: 'Refused',
    icon: IconBan,
    color: 'red',
    meaning: 'The MDM server did not take it',
  },
  notSent: {
    word: 'Not sent',
    icon: IconPlugConnectedX,
    color: 'yellow',
    meaning: 'The request provably never left; it may be sent again',
  },
  unconfirmed: {
    word: 'Unconfirmed',
    icon: IconAlertTriangle,
    color: 'red',
    meaning: 'Nobody knows whether the MDM server has it; it is never repeated',
  },
}

/** A command that its device has answered waits in no queue any more. */
export function AnsweredStatus({ status }: { status: string | null }) {
  return (
    <Status
      look={{
        word: 'Answered',
        icon: IconCheck,
        color: status === 'Acknowledged' ? 'green' : 'yellow',
        meaning: `The device has answered ${status ?? ''}; an answer is a claim`,
      }}
    />
  )
}

/** What became of a command on its way to the MDM server; what the device said stands beside it. */
export function CommandStatus({ state }: { state: CommandState }) {
  return <Status look={looks[state]} />
}
