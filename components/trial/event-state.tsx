import {
  IconCircleCheck,
  IconCopy,
  IconFileUnknown,
  IconHourglass,
  IconLinkOff,
} from '@tabler/icons-react'
import { type Drawn, Status, type StatusLook } from '../data/status'

type EventReadState = 'unread' | 'read' | 'unreadable' | 'unmatched' | 'duplicate'

const looks: Record<EventReadState, StatusLook> = {
  unread: {
    word: 'Unread',
    icon: IconHourglass,
    color: 'blue',
    meaning: 'Stored, not read yet',
  },
  read: { word: 'Read', icon: IconCircleCheck, color: 'green', meaning: 'Read and used' },
  unreadable: {
    word: 'Unreadable',
    icon: IconFileUnknown,
    color: 'red',
    meaning: 'Stored as received; it could not be read',
  },
  unmatched: {
    word: 'Unmatched',
    icon: IconLinkOff,
    color: 'yellow',
    meaning: 'Read, and it belongs to no device or command of this lab; nothing was changed',
  },
  duplicate: {
    word: 'Duplicate',
    icon: IconCopy,
    color: 'gray',
    meaning: 'Repeats an earlier event; stored and counted',
  },
}

/** The icons of `EventState`, for the `IconShapes` of a table. */
export const eventIcons = Object.values(looks).map(({ icon }) => icon)

/** What became of reading an event. */
export function EventState({ state, drawn }: { state: EventReadState } & Drawn) {
  return <Status look={looks[state]} drawn={drawn} />
}
