'use client'

import { Button, Menu, Text } from '@mantine/core'
import { IconKey, IconLogout, IconUser, IconUserCog } from '@tabler/icons-react'
import Link from 'next/link'
import { useState, useTransition } from 'react'
import type { Actor } from '@/lib/domain/account/permissions'
import { shownText } from '@/lib/domain/text/typed-text'
import { paths } from '@/lib/paths'
import { UserText } from '../data/text'
import { countWaiting, forgetKept } from '../forms/browser-store'
import { ConfirmModal } from '../forms/confirm-modal'
import { forgetAllDrafts } from '../forms/drafts'
import { useReady } from '../forms/ready-form'

type Props = { actor: Actor; signOut: () => Promise<void> }

/** The signed-in person and role, their account pages, and sign-out. */
export function UserMenu({ actor, signOut }: Props) {
  const [leaving, startLeaving] = useTransition()
  const [waiting, setWaiting] = useState(0)
  const ready = useReady()
  const leave = () => {
    forgetAllDrafts()
    forgetKept()
    startLeaving(signOut)
  }
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            loading={leaving}
            aria-disabled={!ready || undefined}
            leftSection={<IconUser size={16} aria-hidden />}
            aria-label={`${shownText(actor.name)} ${actor.role}, account`}
          >
            <Text span size="sm" visibleFrom="sm" maw={160} truncate>
              <UserText>{actor.name}</UserText>
            </Text>{' '}
            {/* Hidden on a phone, where the header has no room; the menu shows both. */}
            <Text span size="xs" c="dimmed" ml={6} visibleFrom="sm">
              {actor.role}
            </Text>
          </Button>
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
