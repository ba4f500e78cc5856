'use client'

import { Button, Flex, Modal, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { offlineReason, useOnline } from '@/components/forms/use-online'
import type { Refusal as Refused } from '@/lib/core/shared/result'
import { type SignatureAct, signatureActInfo } from '@/lib/domain/signature/signature'
import type { ProofInput } from '../schema'
import { noPassword, ProofField } from './proof-field'
import { useProofWays } from './proof-ways'

type Props = {
  title: string
  act: SignatureAct
  verb: string
  color?: string
  busy: boolean
  refusal: Refused | undefined
  refusalTitle: string
  onSign(proof: ProofInput): void
  onClose(): void
  /** True while it cannot be signed yet; what is typed stays, and `children` say what it waits for. */
  waits?: boolean
  children: ReactNode
}

/** Shows what is signed and asks for the password or a passkey again. A refusal keeps all that was typed. */
export function SignModal(props: Props) {
  const { title, act, verb, color = 'red', busy, refusal, refusalTitle, onSign, onClose } = props
  const online = useOnline()
  const waits = props.waits || !online
  const [password, setPassword] = useState('')
  // A refused password stays marked until it is changed.
  const [mended, setMended] = useState<Refused>()
  // On a phone the dialog is the screen, and its buttons are where the thumb is.
  const narrow = useMediaQuery('(max-width: 36em)') ?? false
  const { hasPassword } = useProofWays()
  const ofProof = refusal?.field?.startsWith('proof') ?? false
  const close = () => {
    if (!busy) onClose()
  }
  return (
    // While it is signed it stays open: what is behind it is out of date.
    <Modal opened onClose={close} title={title} size="lg" centered fullScreen={narrow}>
      <form
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault()
          if (!waits) onSign({ method: 'password', password })
        }}
      >
        <Stack gap="sm">
          {props.children}
          {!online && (
            <Text size="sm" role="status">
              <b>{offlineReason}</b>
            </Text>
          )}
          <Text size="sm">
            <b>You sign:</b> {meaningWords[signatureActInfo[act].meaning]} Your name, the time and
            what the record holds at this moment are kept with it permanently.
          </Text>
          <ProofField
            password={password}
            onChange={(typed) => {
              setMended(refusal)
              setPassword(typed)
            }}
            problem={ofProof && refusal !== mended ? refusal?.reason : undefined}
            act={act}
            busy={busy || waits}
            onPasskey={onSign}
          />
          {refusal && !ofProof && <Refusal title={refusalTitle} reason={refusal.reason} />}
          {/* Side by side a phone cuts the verb off, and what is about to be done must be read whole. */}
          <Flex
            direction={narrow ? 'column-reverse' : 'row'}
            justify="flex-end"
            gap={narrow ? 'sm' : 'md'}
          >
            <Button variant="default" size={narrow ? 'lg' : 'sm'} onClick={close} disabled={busy}>
              Back
            </Button>
            <Button
              type="submit"
              color={color}
              size={narrow ? 'lg' : 'sm'}
              loading={busy}
              disabled={!hasPassword || waits}
              title={hasPassword ? undefined : noPassword}
            >
              {verb}
            </Button>
          </Flex>
        </Stack>
      </form>
    </Modal>
  )
}

const meaningWords = {
  release: 'released for sending.',
  authorship: 'I made this record.',
  review: 'I reviewed this record.',
  approval: 'I approve this record.',
  lock: 'I lock this record.',
  responsibility: 'I take responsibility for this decision.',
} as const
