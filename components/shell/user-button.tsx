'use client'

import { Button, type ButtonProps, Text } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import type { ComponentPropsWithRef } from 'react'
import type { Actor } from '@/lib/domain/account/permissions'
import { shownText } from '@/lib/domain/text/typed-text'
import { UserText } from '../data/text'
import { useReady } from '../forms/ready-form'

type Props = { actor: Actor } & ButtonProps &
  Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps>

/** The signed-in person and role; pressed, it shows the menu. */
export function UserButton({ actor, ...button }: Props) {
  const ready = useReady()
  return (
    <Button
      {...button}
      variant="subtle"
      color="gray"
      size="compact-sm"
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
  )
}
