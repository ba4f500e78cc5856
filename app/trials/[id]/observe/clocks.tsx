import { Text } from '@mantine/core'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { exactTime } from '@/lib/domain/text/instant'
import { differenceWords, serverClock } from '@/lib/domain/trial/clocks'
import { ObserverClock } from './observer-clock'

type Props = {
  view: TrialView
  /** By Oneway's clock, for the comparison with the reader's; undefined in a history. */
  now: Date | undefined
}

/** A message is on its way for less than this, so a smaller difference says nothing. */
const exactMs = 1000

/** The clocks behind the times of a timeline, each against Oneway's; what nobody has told is unknown. */
export function Clocks({ view, now }: Props) {
  const server = serverClock(view.replies)
  const { usbClock } = view
  return (
    <Text size="xs" c="dimmed" component="ul" aria-label="Clocks" pl="md" my="xs">
      <li>Oneway: stamps what it does, and sightings and steps as they are tapped.</li>
      <li>
        MDM server:{' '}
        {server
          ? `${differenceWords(server.aheadMs, exactMs)} Oneway's, by the fastest of ${server.messages} messages. It stamps the replies.`
          : 'difference unknown, no message of it names a time.'}
      </li>
      <li>
        Device:{' '}
        {usbClock
          ? `showed ${exactTime(usbClock.deviceTime)} over USB, in a print recorded at ${exactTime(usbClock.recordedAt)}.`
          : 'difference unknown, no MDM answer has its time.'}
      </li>
      {now && <ObserverClock serverNow={now.toISOString()} />}
    </Text>
  )
}
