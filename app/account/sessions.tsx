'use client'

import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core'
import { useState, useTransition } from 'react'
import { useReady } from '@/components/ready'
import { Refusal } from '@/components/refusal'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import { endOtherSessionsAction, endSessionAction } from './actions'

type Line = {
  id: string
  browser: string
  ipAddress: string | null
  createdAt: Date
  lastSeenAt: Date
  /** The session this page is shown in. */
  own: boolean
}

/** Where a person is signed in; each can be ended from here. */
export function Sessions({ sessions }: { sessions: Line[] }) {
  const [refusal, setRefusal] = useState<string>()
  const [busy, start] = useTransition()
  // A press before the page's script has come would be lost, and the session would live on.
  const ready = useReady()
  const run = (end: typeof endOtherSessionsAction | (() => ReturnType<typeof endSessionAction>)) =>
    start(async () => {
      const result = await end()
      setRefusal(result.status === 'refused' ? result.because : undefined)
    })
  return (
    <Stack gap="sm">
      {refusal && <Refusal title="Not ended" because={refusal} />}
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label="Sessions">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Browser</Table.Th>
              <Table.Th>Address</Table.Th>
              <Table.Th>Signed in</Table.Th>
              <Table.Th>Last seen</Table.Th>
              <Table.Th>Session</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sessions.map(({ id, browser, ipAddress, createdAt, lastSeenAt, own }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <UserText>{browser}</UserText>
                </Table.Td>
                <Table.Td>
                  <UserText>{ipAddress || 'unknown'}</UserText>
                </Table.Td>
                <Table.Td>
                  <When at={createdAt} />
                </Table.Td>
                <Table.Td>
                  <When at={lastSeenAt} />
                </Table.Td>
                <Table.Td>
                  {own ? (
                    <Badge variant="outline">This one</Badge>
                  ) : (
                    <Button
                      size="compact-xs"
                      variant="default"
                      disabled={busy || !ready}
                      onClick={() => run(() => endSessionAction(id))}
                    >
                      End
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group gap="sm">
        <Button
          variant="default"
          disabled={busy || sessions.length < 2}
          title={sessions.length < 2 ? 'There is no other session' : undefined}
          onClick={() => run(endOtherSessionsAction)}
        >
          End all others
        </Button>
        <Text size="sm" c="dimmed">
          A session ends by itself after a time without a request, and in any case after a longer
          one.
        </Text>
      </Group>
    </Stack>
  )
}
