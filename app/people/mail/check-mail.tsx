'use client'

import { Alert, Button, Tooltip } from '@mantine/core'
import { IconMailCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { useAction } from '@/components/forms/use-action'
import { checkMailAction } from '../actions'

type Sent = Extract<Awaited<ReturnType<typeof checkMailAction>>, { status: 'sent' }>

export function CheckMail({ isSet }: { isSet: boolean }) {
  const { busy, refusal, run } = useAction()
  const [sent, setSent] = useState<Sent>()
  return (
    <>
      <Tooltip label="No mail server is set" disabled={isSet}>
        <Button
          variant="default"
          leftSection={<IconMailCheck size={18} aria-hidden />}
          data-disabled={!isSet || undefined}
          aria-disabled={!isSet}
          loading={busy}
          onClick={() => isSet && run(checkMailAction, setSent)}
        >
          Send a test mail to me
        </Button>
      </Tooltip>
      {refusal && <Refusal title="Not sent" reason={refusal.reason} />}
      {sent && !refusal && (
        <Alert role="status" color="steel" variant="outline" title="Accepted by the mail server">
          Look for it at <UserText>{sent.to}</UserText>; accepted does not mean delivered.
        </Alert>
      )}
    </>
  )
}
