'use client'

import { Button, Code, Group, List, ListItem, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { useAction } from '@/components/forms/use-action'
import type { LookedAt, ShownDeclaration } from '@/lib/core/release/look-at-declarations'
import { KeptReports } from '../../kept-reports'
import { lookAtDeclarationsAction } from '../actions'

type Props = {
  deviceId: string
  /** The program that keeps declarations for the device's MDM server. */
  name: string
  refusal: string | undefined
}

/** What the device is to have, read when a person asks for it. */
export function HeldDeclarations({ deviceId, name, refusal }: Props) {
  const { busy, refusal: refused, run } = useAction()
  const [seen, setSeen] = useState<LookedAt>()
  return (
    <Stack gap="xs" align="flex-start">
      {refused && <Refusal title="Not read" reason={refused.reason} />}
      {seen && <Seen seen={seen} />}
      <Group gap="xs" align="flex-start">
        <Button
          size="xs"
          variant="default"
          loading={busy}
          disabled={refusal !== undefined}
          title={refusal ?? 'Reads only; nothing is sent to the device'}
          onClick={() => run(() => lookAtDeclarationsAction(deviceId), setSeen)}
        >
          Look at {name}
        </Button>
        <KeptReports deviceId={deviceId} name={name} refusal={refusal} />
      </Group>
    </Stack>
  )
}

function Seen({ seen: { name, at, sets, leftOut } }: { seen: LookedAt }) {
  return (
    <Stack gap={4} role="status" style={{ overflowWrap: 'anywhere' }}>
      <Text size="sm">
        {sets.length === 0
          ? `${name} keeps no declaration for this device`
          : `What ${name} keeps for this device`}
        , <When at={at} />. It does not show what the device has taken.
      </Text>
      {sets.map(({ set, declarations }) => (
        <div key={set}>
          <Text size="sm">
            Set <Code>{set}</Code>
            {declarations.length === 0 && ': empty'}
          </Text>
          <List size="sm">
            {declarations.map((one) => (
              <ListItem key={one.identifier}>
                <DeclarationWords declaration={one} />
              </ListItem>
            ))}
          </List>
        </div>
      ))}
      {leftOut > 0 && <Text size="sm">{leftOut} more were not looked into.</Text>}
    </Stack>
  )
}

function DeclarationWords({ declaration }: { declaration: ShownDeclaration }) {
  const { identifier, type, aboutUpdates, named } = declaration
  return (
    <>
      <UserText>{identifier}</UserText>
      <Text span size="sm" c="dimmed">
        {`, ${type ?? 'of a type that cannot be read'}`}
      </Text>
      {aboutUpdates &&
        (named === 'asOneway' ? (
          ', an update named as Oneway names its own'
        ) : (
          <b>, about software updates, of another program</b>
        ))}
    </>
  )
}
