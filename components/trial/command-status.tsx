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
    meaning: 'Recorded, not sent yet',
  },
  cancelled: {
    word: 'Cancelled',
    icon: IconArrowBackUp,
    color: 'gray',
    meaning: 'Cancelled before it was sent',
  },
  lapsed: {
    word: 'Lapsed',
    icon: IconClockPause,
    color: 'gray',
    meaning: 'Not sent: the device had changed when the hold ended',
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
    meaning: 'The MDM server did not accept it',
  },
  notSent: {
    word: 'Not sent',
    icon: IconPlugConnectedX,
    color: 'yellow',
    meaning: 'The request was provably never sent; it may be released again',
  },
  unconfirmed: {
    word: 'Unconfirmed',
    icon: IconAlertTriangle,
    color: 'red',
    meaning: 'It is not known whether the MDM server has it; it is never repeated',
  },
}

/** A command that its device has answered is no longer in a queue. */
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

/** What became of a command on its way to the MDM server; the device's answer is shown beside it. */
export function CommandStatus({ state }: { state: CommandState }) {
  return <Status look={looks[state]} />
}
