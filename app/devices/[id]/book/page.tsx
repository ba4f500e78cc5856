import { Text } from '@mantine/core'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { currentState } from '@/lib/db/queries/devices/readings'
import { listBookings } from '@/lib/db/queries/planning/bookings'
import { getLabSettings } from '@/lib/db/queries/settings'
import { listVersionChoices } from '@/lib/db/queries/trials/protocols'
import { refusalFor } from '@/lib/domain/account/permissions'
import { maxBookingDays, targetOfPlan } from '@/lib/domain/planning/booking'
import { labField, windowInWords } from '@/lib/domain/text/lab-time'
import { versionChoiceLabel } from '@/lib/domain/trial/protocol-life'
import { paths } from '@/lib/paths'
import { deviceOr404 } from '../device'
import { BookForm } from './form'
import { JoinQueue } from './join-queue'

export const metadata: Metadata = { title: 'Book a trial' }

const hourMs = 3_600_000

/** Books a trial on one device: protocol, target and window. */
export default async function BookPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, db } = await authorize('look')
  const device = await deviceOr404((await params).id)
  const now = new Date()
  const [{ timeZone }, protocols, state, bookings] = await Promise.all([
    getLabSettings(db),
    listVersionChoices(db),
    currentState(db, device.id),
    listBookings(db, { deviceId: device.id, from: now }),
  ])
  const taken = bookings.filter(({ endKind }) => endKind === null)
  const start = new Date(Math.ceil(now.getTime() / hourMs) * hourMs)
  const offered = state.availableUpdates?.value?.flatMap(({ version }) => version ?? [])[0] ?? ''
  const choices = protocols.map(({ versionId, version, plan, draft }) => ({
    value: versionId,
    label: versionChoiceLabel({ plan, version, draft }),
    target: targetOfPlan(plan),
  }))
  const reason =
    refusalFor(actor, 'bookTrial') ?? (device.retiredAt ? 'The device is retired.' : undefined)
  return (
    <>
      <PageHeader
        title={
          <>
            Book a trial on <UserText>{device.labTag ?? device.name}</UserText>
          </>
        }
        environment={device.simulated ? 'simulated' : 'real'}
        description={`Nobody else drafts a trial on the device within the window, of ${maxBookingDays} days at most. The booking lapses at its end unless its trial was released by then.`}
        action={<TextLink href={paths.device(device.id)}>Back to the device</TextLink>}
      />
      {protocols.length === 0 ? (
        <EmptyState
          title="No protocol yet"
          action={<TextLink href={paths.protocolNew()}>Write the first protocol</TextLink>}
        >
          A booking is for a trial, and a trial follows a protocol.
        </EmptyState>
      ) : (
        <>
          {taken.length > 0 && (
            <section aria-label="Already booked">
              <Text size="sm" fw={600}>
                Already booked
              </Text>
              <ul>
                {taken.map(({ id, startsAt, endsAt, bookedByName }) => (
                  <li key={id}>
                    <Text size="sm">
                      {windowInWords(startsAt, endsAt, timeZone)}:{' '}
                      <UserText>{bookedByName}</UserText>
                    </Text>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <BookForm
            deviceId={device.id}
            timeZone={timeZone}
            initial={{
              startsAt: labField(start, timeZone),
              endsAt: labField(new Date(start.getTime() + 2 * hourMs), timeZone),
              target: offered,
            }}
            protocols={choices}
            reason={reason}
          />
          <JoinQueue deviceId={device.id} protocols={choices} reason={reason} />
        </>
      )}
    </>
  )
}
