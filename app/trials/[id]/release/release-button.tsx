'use client'

import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { UserText } from '@/components/data/text'
import { useReady } from '@/components/forms/ready-form'
import { offlineReason, useOnline } from '@/components/forms/use-online'
import { renewRequestMs } from '@/lib/domain/trial/release'
import { holdQuestionsAction, releaseAction } from '../actions'
import type { ProofInput } from '../schema'
import { type WaitsFor, WaitsForNote } from '../server-clock'
import classes from '../trial.module.css'
import { SignModal } from './opened'
import { ReleaseAnswer } from './release-answer'
import { ServerHolds } from './server-holds'
import { useSeenVerdict } from './use-seen-verdict'

type Props = {
  trialId: string
  ordinal: number
  /** Undefined only where `reason` says why it cannot be released. */
  verdictId: number | undefined
  deviceWords: string
  /** What the device runs now. */
  osWords: string
  commandWords: string
  /** Address and kind of the MDM server it goes to, with the short form of its key's hash. */
  destinationWords: string
  holdSeconds: number
  /** Why it cannot be released now. */
  reason: string | undefined
  /** The command whose answer comes first. */
  waitsFor: WaitsFor | undefined
  /** "Command 2 of 2", or "The command" of a protocol that has one. */
  which: string
  /** Whether it is a declaration, whose server is looked at first. */
  declaration: boolean
  /** The status subscription that goes with it, in words. */
  subscription: string | undefined
  /** What the rules found, as it is looked at before signing. */
  findings: ReactNode
}

/** The release: shows what is about to happen and asks for the password again; the server decides. */
export function ReleaseButton(props: Props) {
  const { trialId, ordinal, verdictId, waitsFor, holdSeconds, findings, which } = props
  const online = useOnline()
  const reason = props.reason ?? (online ? undefined : offlineReason)
  const { busy, refusal, run, seen, answer, ask, settle, close } = useSeenVerdict(verdictId)
  const ready = useReady()
  // While the dialog is open, the trial's own queries are paused.
  useHeldQuestions({ trialId, ordinal }, seen !== undefined)
  // Of the verdict that is signed: the page behind the dialog lives on.
  const [looked, setLooked] = useState<ReactNode>()
  const release = (seenVerdictId: number, proof: ProofInput) =>
    run(
      () => releaseAction({ trialId, ordinal, verdictId: seenVerdictId, proof }),
      (result) => settle(result.status === 'released' ? undefined : result),
    )
  return (
    <>
      <Group gap="xs" className={`${classes.stays} ${classes.bar}`}>
        <Button
          color="red"
          // A later command is released beside other things to do; the first is the one thing to do.
          variant={ordinal === 1 ? 'filled' : 'outline'}
          onClick={() => {
            setLooked(findings)
            ask()
          }}
          disabled={!ready || reason !== undefined}
          title={reason}
        >
          Release…
        </Button>
      </Group>
      {!online && (
        <Text size="sm" role="status">
          {offlineReason}
        </Text>
      )}
      {waitsFor && <WaitsForNote {...waitsFor} />}
      {answer && <ReleaseAnswer answer={answer} />}
      {seen !== undefined && (
        <SignModal
          title={`Release ${which.charAt(0).toLowerCase()}${which.slice(1)}?`}
          act="release"
          verb={`Release, then hold ${holdSeconds} s`}
          busy={busy}
          refusal={refusal}
          refusalTitle="Not released"
          onClose={close}
          onSign={(proof) => release(seen, proof)}
          waits={waitsFor !== undefined}
        >
          <About {...props} findings={looked} />
          {waitsFor && <WaitsForNote {...waitsFor} />}
        </SignModal>
      )}
    </>
  )
}

function About(props: Props) {
  const { deviceWords, osWords, commandWords, destinationWords, holdSeconds, which, findings } =
    props
  return (
    <>
      <Text size="sm">
        <b>Device:</b> <UserText>{deviceWords}</UserText>
      </Text>
      <Text size="sm">
        <b>Runs now:</b> <UserText>{osWords}</UserText>
      </Text>
      <Text size="sm">
        <b>{which}:</b> {commandWords}
      </Text>
      <Text size="sm">
        <b>Goes to:</b> <UserText>{destinationWords}</UserText>
      </Text>
      {props.subscription !== undefined && (
        <Text size="sm">
          <b>With it:</b> {props.subscription}
        </Text>
      )}
      {props.declaration && <ServerHolds trialId={props.trialId} />}
      {findings}
      <Alert color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />}>
        It is held for {holdSeconds} s, in which you can cancel. After that{' '}
        {props.declaration
          ? 'it is attached to the device once. It can be withdrawn, which stops nothing that the device has begun, and nothing before the device has fetched what holds then.'
          : 'it is sent once and cannot be taken back: not by Oneway, not by the MDM server, not by the device.'}
      </Alert>
    </>
  )
}

/** Holds the trial's own questions back while `wanted`; a lost request is made up for by the next. */
function useHeldQuestions(
  { trialId, ordinal }: { trialId: string; ordinal: number },
  wanted: boolean,
): void {
  useEffect(() => {
    if (!wanted) return
    const hold = () => void holdQuestionsAction({ trialId, ordinal }).catch(() => undefined)
    hold()
    const timer = setInterval(hold, renewRequestMs)
    return () => clearInterval(timer)
  }, [trialId, ordinal, wanted])
}
