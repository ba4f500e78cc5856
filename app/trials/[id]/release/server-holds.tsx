'use client'

import { Alert, Loader, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { lookAtHoldingsAction } from '../actions'

type Answer = Awaited<ReturnType<typeof lookAtHoldingsAction>>

/** What the server of declarations holds for the device, read as the dialog opens. The release reads it again. */
export function ServerHolds({ trialId }: { trialId: string }) {
  const [answer, setAnswer] = useState<Answer | 'lost'>()
  useEffect(() => {
    let open = true
    lookAtHoldingsAction({ trialId })
      .catch(() => 'lost' as const)
      .then((found) => open && setAnswer(found))
    return () => {
      open = false
    }
  }, [trialId])
  if (answer === undefined)
    return (
      <Text size="sm" role="status">
        <Loader size="xs" aria-hidden /> Reading what the server of declarations holds…
      </Text>
    )
  if (answer === 'lost') return <Blocked words="No answer came; close the dialog and try again." />
  if (answer.status !== 'looked') return <Blocked words={answer.reason} />
  return (
    <>
      <Text size="sm">
        <b>On the server:</b> <UserText>{answer.words}</UserText>, read <When at={answer.at} />
      </Text>
      {answer.problem && <Blocked words={answer.problem} />}
    </>
  )
}

const Blocked = ({ words }: { words: string }) => (
  <Alert color="red" variant="outline" title="It cannot be released">
    <UserText>{words}</UserText>
  </Alert>
)
