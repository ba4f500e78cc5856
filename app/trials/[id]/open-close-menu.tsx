'use client'

import { Menu, MenuDropdown, MenuItem, MenuTarget, Text } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '@/components/forms/use-action'
import { useOpenMenu } from '@/components/forms/use-open-menu'
import { refusalFor } from '@/lib/domain/account/permissions'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import type { TrialState } from '@/lib/domain/trial/trial'
import { disarmAction } from './actions'
import { type CloseProps, MoreButton } from './close-menu'
import { CloseModal } from './close-modal'

type Way = 'withdraw' | 'void'

/** The menu itself: it takes the place of its button, and opens. */
export function OpenCloseMenu({ trialId, state, role, sent, mechanism, consumed }: CloseProps) {
  const { target, menu } = useOpenMenu()
  const [way, setWay] = useState<Way>()
  const disarm = useAction()
  const actor = { id: '', name: '', role }
  const noVoid =
    refusalFor(actor, 'voidTrial') ??
    (state === 'draft' ? 'A draft is withdrawn, not void.' : undefined)
  return (
    <>
      <Menu position="bottom-end" withinPortal {...menu}>
        <MenuTarget>
          <MoreButton ref={target} />
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
          onClose={() => setWay(undefined)}
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
