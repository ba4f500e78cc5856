'use client'

import { Button, Text } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { useReady } from '@/components/forms/ready-form'
import { counterSignAction } from '../actions'
import { SignModal } from './opened'
import { ReleaseAnswer } from './release-answer'
import { useSeenVerdict } from './use-seen-verdict'

type Props = {
  trialId: string
  ordinal: number
  verdictId: number | undefined
  deviceWords: string
  osWords: string
  commandWords: string
  /** Why it is not for this person, or not now. */
  reason: string | undefined
}

/** The second person's signature under the same preview; another person releases the command. */
export function CounterSignButton(props: Props) {
  const { trialId, ordinal, verdictId, reason } = props
  const { busy, refusal, run, seen, answer, ask, settle, close } = useSeenVerdict(verdictId)
  const ready = useReady()
  return (
    <>
      <Button
        variant="outline"
        onClick={ask}
        disabled={!ready || reason !== undefined}
        title={reason}
      >
        Counter-sign…
      </Button>
      {answer && <ReleaseAnswer answer={answer} />}
      {seen !== undefined && (
        <SignModal
          title="Counter-sign the release?"
          act="counterSign"
          verb="Counter-sign"
          color="blue"
          busy={busy}
          refusal={refusal}
          refusalTitle="Not counter-signed"
          onClose={close}
          onSign={(proof) =>
            run(
              () => counterSignAction({ trialId, ordinal, verdictId: seen, proof }),
              (result) => settle(result.status === 'counterSigned' ? undefined : result),
            )
          }
        >
          <Text size="sm">
            {props.commandWords}, for <UserText>{props.deviceWords}</UserText> on{' '}
            <UserText>{props.osWords}</UserText>, with the findings below.
          </Text>
          <Text size="sm">
            This releases nothing. Another person releases it, and only while nothing you see now
            has changed.
          </Text>
        </SignModal>
      )}
    </>
  )
}
