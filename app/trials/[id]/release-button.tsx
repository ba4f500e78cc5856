'use client'

import { Alert, Button, Group, List, ListItem, Modal, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useReady } from '@/components/ready'
import { Refusal } from '@/components/refusal'
import { When } from '@/components/when'
import { releaseAction } from './actions'
import { useDeed } from './use-deed'

type Props = {
  trialId: string
  ordinal: number
  verdictId: number
  deviceWords: string
  commandWords: string
  holdSeconds: number
  /** Why it cannot be released now. */
  because: string | undefined
}

type Answer =
  | { status: 'alreadyReleased'; by: string; at: Date; state: string }
  | { status: 'changed'; differences: string[] }

/** The release: one look at what is about to happen, one press, and the server decides. */
export function ReleaseButton(props: Props) {
  const { trialId, ordinal, verdictId, holdSeconds, because } = props
  const { busy, refusal, run } = useDeed()
  const [asking, setAsking] = useState(false)
  const [answer, setAnswer] = useState<Answer>()
  const ready = useReady()
  const release = () =>
    run(
      () => releaseAction({ trialId, ordinal, verdictId }),
      (result) => {
        setAsking(false)
        setAnswer(result.status === 'released' ? undefined : result)
      },
    )
  return (
    <>
      <Button
        color="red"
        onClick={() => setAsking(true)}
        disabled={!ready || because !== undefined}
        title={because}
      >
        Release…
      </Button>
      {answer && <Told answer={answer} />}
      <Modal opened={asking} onClose={() => setAsking(false)} title="Release the command?" centered>
        <Stack gap="sm">
          <Text size="sm">
            <b>Device:</b> {props.deviceWords}
          </Text>
          <Text size="sm">
            <b>Command:</b> ScheduleOSUpdate, {props.commandWords}
          </Text>
          <Alert color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />}>
            It is held for {holdSeconds} s, in which you can cancel. After that it is sent once and
            cannot be taken back: not by Oneway, not by the MDM server, not by the device.
          </Alert>
          {refusal && <Refusal title="Not released" because={refusal.because} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Back
            </Button>
            <Button color="red" onClick={release} loading={busy}>
              Release now
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

function Told({ answer }: { answer: Answer }) {
  if (answer.status === 'alreadyReleased')
    return (
      <Refusal
        title="Already released"
        because={`${answer.by} released it; it is ${answer.state}.`}
      >
        <When at={answer.at} exact />. Nothing was sent a second time.
      </Refusal>
    )
  return (
    <Alert
      role="alert"
      color="orange"
      variant="outline"
      title="Not released: something has changed"
    >
      <List size="sm">
        {answer.differences.map((difference) => (
          <ListItem key={difference}>{difference}</ListItem>
        ))}
      </List>
      <Text size="sm" mt="xs">
        The findings below are judged anew. Look at them, then release again.
      </Text>
    </Alert>
  )
}
