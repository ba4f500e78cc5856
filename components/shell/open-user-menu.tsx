'use client'

import { Menu, Text } from '@mantine/core'
import { IconKey, IconLogout, IconUserCog } from '@tabler/icons-react'
import { focusManager, useQueryClient } from '@tanstack/react-query'
import { unstable_rethrow } from 'next/navigation'
import { useState, useTransition } from 'react'
import { Link } from '@/components/data/link'
import type { Actor } from '@/lib/domain/account/permissions'
import { paths } from '@/lib/paths'
import { UserText } from '../data/text'
import { countWaiting, forgetKept } from '../forms/browser-store'
import { ConfirmModal } from '../forms/confirm-modal'
import { forgetAllDrafts } from '../forms/drafts'
import { useOpenMenu } from '../forms/use-open-menu'
import { UserButton } from './user-button'

type Props = { actor: Actor; signOut: () => Promise<void> }

/** The menu itself, drawn when somebody asks for it: it takes the place of its button, and opens. */
export function OpenUserMenu({ actor, signOut }: Props) {
  const [leaving, startLeaving] = useTransition()
  const [waiting, setWaiting] = useState(0)
  const queries = useQueryClient()
  const { target, menu } = useOpenMenu()
  const leave = () => {
    forgetAllDrafts()
    forgetKept()
    startLeaving(async () => {
      // What the page asks for by itself would be refused once the session has ended.
      focusManager.setFocused(false)
      await queries.cancelQueries()
      await signOut().catch((cause: unknown) => {
        // Next goes to the sign-in page by throwing; anything else leaves the person signed in.
        unstable_rethrow(cause)
        focusManager.setFocused(undefined)
        throw cause
      })
    })
  }
  return (
    <>
      <Menu position="bottom-end" width={220} {...menu}>
        <Menu.Target>
          <UserButton actor={actor} loading={leaving} ref={target} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <UserText>{actor.name}</UserText> · {actor.role}
          </Menu.Label>
          <Menu.Item
            component={Link}
            href={paths.account()}
            leftSection={<IconUserCog size={16} aria-hidden />}
          >
            Account
          </Menu.Item>
          <Menu.Item
            component={Link}
            href={paths.apiKeys()}
            leftSection={<IconKey size={16} aria-hidden />}
          >
            API keys
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={() => {
              const count = countWaiting(actor.id)
              setWaiting(count)
              if (count === 0) leave()
            }}
          >
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {waiting > 0 && (
        <ConfirmModal
          title="Sign out with entries that wait?"
          verb="Sign out"
          busy={leaving}
          onConfirm={leave}
          onClose={() => setWaiting(0)}
        >
          <Text size="sm">
            {waiting} of your entries {waiting === 1 ? 'is' : 'are'} not in the record yet. They
            stay in this browser, and are sent when you have signed in here again and open their
            trial.
          </Text>
        </ConfirmModal>
      )}
    </>
  )
}
