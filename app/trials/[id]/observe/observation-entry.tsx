'use client'

import { Text } from '@mantine/core'
import { useState } from 'react'
import { UserText } from '@/components/data/text'
import { TextButton } from '@/components/forms/text-button'
import { observationKinds, observationLabel } from '@/lib/domain/trial/observation'
import { Correction } from './opened'
import { useQueue } from './queue'
import { isTick } from './taps'
import classes from './timeline.module.css'

type Props = {
  observation: {
    id: number
    kind: string
    text: string
    data: Record<string, unknown>
    /** ISO 8601. */
    observedAt: string
    byName: string
  }
  struck: boolean
  trialId: string
  canCorrect: boolean
}

/** What a person observed. It is never changed: a correction is a new entry that strikes this one through. */
export function ObservationText({ observation, struck, trialId, canCorrect }: Props) {
  const [correcting, setCorrecting] = useState(false)
  const queue = useQueue()
  const { id, text, data, byName, observedAt } = observation
  const kind = observationKinds.find((one) => one === observation.kind)
  const waits = queue?.taps.some((tap) => !isTick(tap.kind) && tap.correctsId === id)
  const label = observationLabel(observation.kind)
  const os = [data.osVersion, data.osBuild].filter((part) => typeof part === 'string').join(' ')
  return (
    <>
      <span className={struck ? classes.struck : undefined}>
        <b>Seen: {label}</b> {os} {text && <UserText>{text}</UserText>}
      </span>{' '}
      <Text span size="xs" c="dimmed">
        by <UserText>{byName}</UserText>
      </Text>{' '}
      {canCorrect && kind && !waits && (
        <TextButton onClick={() => setCorrecting(true)}>correct</TextButton>
      )}
      {correcting && kind && (
        <Correction
          trialId={trialId}
          corrects={{ id, kind, text, observedAt }}
          onClose={() => setCorrecting(false)}
        />
      )}
    </>
  )
}
