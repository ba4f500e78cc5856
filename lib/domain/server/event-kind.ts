/** What a kept event turned out to be, once it was read. */
export const eventKinds = [
  'answer',
  'poll',
  'checkin',
  'declarations',
  'userChannel',
  'otherAnswer',
  'foreignUpdate',
  'other',
] as const
export type EventKind = (typeof eventKinds)[number]

export const eventKindWords: Record<EventKind, string> = {
  answer: 'Answer to a command of this lab',
  poll: 'Poll without a command',
  checkin: 'Check-in of the device',
  declarations: 'Declarative management',
  userChannel: 'User channel, not the device',
  otherAnswer: 'Answer to a command from another program',
  foreignUpdate: 'Answer to an update command that Oneway did not send',
  other: 'Topic that is stored and not used',
}
