'use client'

import { Box, Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { late, useLate } from '@/components/forms/late'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { askAction } from '../actions'
import classes from '../trial.module.css'

type Props = { trialId: string; reason: string | undefined }

const title = 'Not queried'
const popover = late(() => import('./refused-popover'))

/** Queries the device; the query is in the timeline at once. */
export function AskButton({ trialId, reason }: Props) {
  const { busy, refusal, run, forget } = useAction()
  const ready = useReady()
  const loaded = useLate(popover, refusal !== undefined, () => {
    // Said in any case.
    notifications.show({ color: 'red', title, message: refusal?.reason, autoClose: false })
    forget()
  })
  return (
    <Box className={classes.query ?? ''}>
      <Button
        variant="default"
        onClick={() => run(() => askAction({ trialId }))}
        loading={busy}
        disabled={!ready || reason !== undefined}
        title={reason}
      >
        Query device
      </Button>
      {refusal && loaded && (
        <loaded.RefusedPopover title={title} reason={refusal.reason} onDismiss={forget} />
      )}
    </Box>
  )
}
