'use client'

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { type Asked, ReasonModal } from '@/components/forms/reason-modal'
import { retireFieldAction } from '../field-actions'

type Props = { fieldId: string; name: string; retired: boolean; reason: string | undefined }

/** Retires a field, or takes it back into use; its values stay either way. */
export function RetireField({ fieldId, name, retired, reason }: Props) {
  const ready = useReady()
  const [asked, setAsked] = useState<Asked>()
  const ask = () =>
    setAsked({
      title: retired ? `Take “${name}” back into use` : `Retire “${name}”`,
      hint: retired
        ? 'Devices show it again, and it takes values.'
        : 'It is never deleted: its values and their history stay, and the trials that froze it keep it. It takes no new values.',
      verb: retired ? 'Take it back' : 'Retire it',
      act: (why) => retireFieldAction({ fieldId, reason: why, to: retired ? 'in use' : 'retired' }),
    })
  const verb = retired ? 'Take back' : 'Retire'
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!ready || reason !== undefined}
        title={reason}
        onClick={ask}
      >
        {verb} {name}…
      </Button>
      {asked && <ReasonModal asked={asked} onClose={() => setAsked(undefined)} />}
    </>
  )
}
