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
import { declarationSight } from '@/lib/domain/trial/delivery-words'
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

const declaredLooks: Partial<Record<CommandState, StatusLook>> = {
  lapsed: {
    ...looks.lapsed,
    meaning: 'Not sent: the device, or what its server holds for it, had changed',
  },
  sending: { ...looks.sending, meaning: 'Its requests are on their way; the last one attaches it' },
  queued: {
    ...looks.queued,
    word: 'Attached',
    meaning: 'Its server has attached it to the device, which may not have fetched it',
  },
  refused: { ...looks.refused, meaning: 'Its server refused to attach it' },
  notSent: {
    ...looks.notSent,
    meaning: 'It was provably never attached; it may be released again',
  },
  unconfirmed: {
    ...looks.unconfirmed,
    meaning: 'It is not known whether its server has attached it; it is never attached again',
  },
}

type Props = { state: CommandState; declaration?: boolean }

/** What became of a command or declaration on its way to its server; what the device did is shown beside it. */
export function CommandStatus({ state, declaration = false }: Props) {
  return <Status look={(declaration ? declaredLooks[state] : undefined) ?? looks[state]} />
}

/** A device answers no declaration: that it knows of it shows in what it asks for and reports. */
export function DeclarationSeenStatus({ status }: { status: string | null }) {
  return (
    <Status
      look={{
        word: status === 'Reported' ? 'Reported' : 'Asked for',
        icon: IconCheck,
        color: 'blue',
        meaning: `${declarationSight(status)}; neither shows an installation`,
      }}
    />
  )
}
