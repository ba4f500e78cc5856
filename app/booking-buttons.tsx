'use client'

import { Button, Group } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { ReasonModal } from '@/components/forms/reason-modal'
import { useAction } from '@/components/forms/use-action'
import { paths } from '@/lib/paths'
import { draftBookingAction, withdrawBookingAction } from './booking-actions'

type Props = {
  bookingId: string
  /** What tells it from the other bookings on the page. */
  name: string
  /** Whether this person booked it: another's is withdrawn with a reason. */
  own: boolean
  mayDraft: boolean
}

/** What can be done with a booking: draft its trial with one press, or withdraw it. */
export function BookingButtons({ bookingId, name, own, mayDraft }: Props) {
  const ready = useReady()
  const router = useRouter()
  const draft = useAction()
  const withdraw = useAction()
  const [asking, setAsking] = useState(false)
  const refusal = draft.refusal ?? withdraw.refusal
  return (
    <>
      <Group gap="xs" mt={4} data-screen-only>
        {mayDraft && (
          <Button
            size="xs"
            disabled={!ready}
            loading={draft.busy}
            aria-label={`Draft the trial: ${name}`}
            onClick={() =>
              draft.run(
                () => draftBookingAction({ bookingId }),
                ({ trialId }) => router.push(paths.trial(trialId)),
              )
            }
          >
            Draft the trial
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          disabled={!ready}
          loading={withdraw.busy}
          aria-label={own ? `Withdraw: ${name}` : `Withdraw…: ${name}`}
          onClick={() =>
            own ? withdraw.run(() => withdrawBookingAction({ bookingId })) : setAsking(true)
          }
        >
          {own ? 'Withdraw' : 'Withdraw…'}
        </Button>
      </Group>
      {refusal && <Refusal reason={refusal.reason} />}
      {asking && (
        <ReasonModal
          asked={{
            title: 'Withdraw this booking',
            hint: 'The device is free for others then. The booking and your reason stay in the record.',
            verb: 'Withdraw',
            act: (reason) => withdrawBookingAction({ bookingId, reason }),
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
