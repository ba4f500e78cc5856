'use client'

import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { opened } from '@/components/forms/opened'
import { useReady } from '@/components/forms/ready-form'
import type { Asked } from '@/components/forms/reason-modal'
import { type IdentityContradiction, identifierNames } from '@/lib/domain/device/identity'
import { clearAlarmAction } from './alarm-actions'

const ReasonModal = opened(() =>
  import('@/components/forms/reason-modal').then((file) => file.ReasonModal),
)

type Props = {
  alarmId: number
  reason: string
  /** What contradicts what, where the alarm is about who the device is. */
  identity: IdentityContradiction | undefined
  refusal: string | undefined
}

/** For leads: what was found at the device is asked and kept. */
export function ClearAlarm({ alarmId, reason, identity, refusal }: Props) {
  const ready = useReady()
  const [asked, setAsked] = useState<Asked>()
  const ways = identity ? identityWays(alarmId, reason, identity) : [oneWay(alarmId, reason)]
  return (
    <>
      <Group gap="xs">
        {ways.map((way) => (
          <Button
            key={way.title}
            size="xs"
            variant="default"
            disabled={!ready || refusal !== undefined}
            title={refusal}
            onClick={() => setAsked(way)}
          >
            {way.title}…
          </Button>
        ))}
      </Group>
      {asked && <ReasonModal asked={asked} onClose={() => setAsked(undefined)} />}
    </>
  )
}

const oneWay = (id: number, reason: string): Asked => ({
  title: 'Clear this alarm',
  hint: `${reason}. Look at the device first: which OS does it run, is an update waiting or installing? Say what you found; it stays in the record.`,
  verb: 'Clear it',
  act: (reason) => clearAlarmAction({ id, reason }),
})

/** Which of the two is right decides what the next message is held against. */
function identityWays(
  id: number,
  reason: string,
  { identifier, known, reported }: IdentityContradiction,
): Asked[] {
  const what = identifierNames[identifier]
  const look = `${reason}. Look at the device and at what else is enrolled there first; your words stay in the record.`
  return [
    {
      title: `Keep the ${what} ${known}`,
      hint: `${look} The same message raises an alarm again.`,
      verb: 'Clear it, nothing changes',
      act: (reason) => clearAlarmAction({ id, reason, accepts: false }),
    },
    {
      title: `Accept the ${what} ${reported}`,
      hint: `${look} From then on it identifies the device. Not possible while a trial or a command is open on it.`,
      verb: 'Clear it and accept',
      act: (reason) => clearAlarmAction({ id, reason, accepts: true }),
    },
  ]
}
