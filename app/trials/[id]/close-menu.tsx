'use client'

import { Button, Menu, MenuDropdown, MenuItem, MenuTarget, Text } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useReady } from '@/components/forms/ready-form'
import { TypedReason } from '@/components/forms/typed-reason'
import { useAction, useTypedAction } from '@/components/forms/use-action'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import type { TrialState } from '@/lib/domain/trial/trial'
import { disarmAction, voidAction, withdrawAction } from './actions'
import { SignModal } from './release/sign-modal'

type Props = {
  trialId: string
  state: TrialState
  role: Actor['role']
  /** Whether a command or declaration has left. */
  sent: boolean
  mechanism: Mechanism
  /** Whether its baseline is consumed. */
  consumed: boolean
}
type Way = 'withdraw' | 'void'

const words = {
  withdraw: {
    title: 'Withdraw this trial?',
    verb: 'Withdraw',
  },
  void: {
    title: 'Declare this trial void?',
    hint: 'For a trial that an operator or infrastructure error invalidated. It stays in the record and counts in no rate.',
    verb: 'Declare void',
  },
}

/** Ways to end a trial early, apart from its primary action. */
export function CloseMenu({ trialId, state, role, sent, mechanism, consumed }: Props) {
  const ready = useReady()
  const [way, setWay] = useState<Way>()
  const disarm = useAction()
  const actor = { id: '', name: '', role }
  const noVoid =
    refusalFor(actor, 'voidTrial') ??
    (state === 'draft' ? 'A draft is withdrawn, not void.' : undefined)
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <MenuTarget>
          <Button
            variant="default"
            disabled={!ready}
            rightSection={<IconDots size={16} aria-hidden />}
          >
            More
          </Button>
        </MenuTarget>
        <MenuDropdown>
          {state === 'armed' && (
            <Item
              label="Disarm"
              reason={refusalFor(actor, 'armTrial')}
              act={() => disarm.run(() => disarmAction({ trialId }))}
            />
          )}
          <Item
            label="Withdraw…"
            reason={refusalFor(actor, 'withdrawTrial')}
            act={() => setWay('withdraw')}
          />
          <Item label="Declare void…" reason={noVoid} act={() => setWay('void')} />
        </MenuDropdown>
      </Menu>
      {way && (
        <CloseModal
          trialId={trialId}
          way={way}
          left={leftBehind(state, sent || consumed ? mechanism : undefined)}
          close={() => setWay(undefined)}
        />
      )}
    </>
  )
}

type ItemProps = { label: string; reason: string | undefined; act: () => void }

/** A refused action stays visible, with the reason below it. */
const Item = ({ label, reason, act }: ItemProps) => (
  <MenuItem disabled={reason !== undefined} onClick={act}>
    {label}
    {reason && (
      <Text size="xs" c="dimmed">
        {reason}
      </Text>
    )}
  </MenuItem>
)

type ModalProps = { trialId: string; way: Way; left: string; close: () => void }

function CloseModal(props: ModalProps) {
  return props.way === 'void' ? <VoidModal {...props} /> : <WithdrawModal {...props} />
}

function VoidModal({ trialId, close }: ModalProps) {
  const action = useTypedAction(`trial/${trialId}/void`)
  const { busy, refusal, run, text: reason } = action
  const { title, hint, verb } = words.void
  return (
    <SignModal
      title={title}
      act="voidTrial"
      verb={verb}
      busy={busy}
      refusal={refusal}
      refusalTitle="Not declared void"
      onClose={close}
      onSign={(proof) => run(() => voidAction({ trialId, reason, proof }), close)}
    >
      <Text size="sm">{hint}</Text>
      <TypedReason action={action} />
    </SignModal>
  )
}

const sentWords: Record<Mechanism, string> = {
  command: 'The command that was sent stays sent',
  declaration:
    'The declaration that was sent is withdrawn from its server, which stops nothing that the device has begun',
  both: 'A command that was sent stays sent, a declaration is withdrawn from its server',
}

/** What a withdrawal leaves behind, by what this trial has done so far. */
function leftBehind(state: TrialState, sent: Mechanism | undefined): string {
  if (sent) return `${sentWords[sent]}, and the baseline is consumed.`
  if (state === 'draft') return 'Nothing was sent, and nothing was reserved.'
  return 'Nothing was sent: the device is free again, and its baseline is not consumed.'
}

function WithdrawModal({ trialId, left, close }: ModalProps) {
  const action = useTypedAction(`trial/${trialId}/withdraw`)
  const { busy, refusal, run, text: reason } = action
  const { title, verb } = words.withdraw
  return (
    <ConfirmModal
      title={title}
      verb={verb}
      color="red"
      busy={busy}
      onConfirm={() => run(() => withdrawAction({ trialId, reason }), close)}
      onClose={close}
    >
      <Text size="sm">It is closed without an outcome. {left}</Text>
      <TypedReason action={action} />
      {refusal && <Refusal reason={refusal.reason} />}
    </ConfirmModal>
  )
}
