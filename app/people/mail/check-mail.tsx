'use client'

import { Alert, Button, Tooltip } from '@mantine/core'
import { IconMailCheck } from '@tabler/icons-react'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { checkMailAction } from '../actions'

type Answer = Awaited<ReturnType<typeof checkMailAction>>

export function CheckMail({ isSet }: { isSet: boolean }) {
  const [answer, setAnswer] = useState<Answer>()
  const [busy, start] = useTransition()
  return (
    <>
      <Tooltip label="No mail server is set" disabled={isSet}>
        <Button
          variant="default"
          leftSection={<IconMailCheck size={18} aria-hidden />}
          data-disabled={!isSet || undefined}
          aria-disabled={!isSet}
          loading={busy}
          onClick={() => isSet && start(async () => setAnswer(await checkMailAction()))}
        >
          Send a test mail to me
        </Button>
      </Tooltip>
      {answer?.status === 'refused' && <Refusal title="Not sent" reason={answer.reason} />}
      {answer?.status === 'sent' && (
        <Alert role="status" color="steel" variant="outline" title="Accepted by the mail server">
          Look for it at <UserText>{answer.to}</UserText>; accepted does not mean delivered.
        </Alert>
      )}
    </>
  )
}
