'use client'

import { Button } from '@mantine/core'
import { useState } from 'react'
import { opened } from '@/components/forms/opened'
import { useReady } from '@/components/forms/ready-form'
import { TextButton } from '@/components/forms/text-button'
import type { Corrected } from './deviation-form'

const DeviationForm = opened(() => import('./deviation-form').then((file) => file.DeviationForm))

type Props = { trialId: string; corrects?: Corrected }

/** Opens the form of a new deviation, or of an entry that judges or corrects one. */
export function DeviationButton({ trialId, corrects }: Props) {
  const ready = useReady()
  const [asking, setAsking] = useState(false)
  return (
    <>
      {corrects ? (
        <TextButton onClick={() => setAsking(true)} data-screen-only>
          judge or correct
        </TextButton>
      ) : (
        <Button variant="default" disabled={!ready} onClick={() => setAsking(true)}>
          Record a deviation…
        </Button>
      )}
      {asking && (
        <DeviationForm
          trialId={trialId}
          onClose={() => setAsking(false)}
          {...(corrects && { corrects })}
        />
      )}
    </>
  )
}
