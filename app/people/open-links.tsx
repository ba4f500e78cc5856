'use client'

import { Button, Stack, Table, Title } from '@mantine/core'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/refusal'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import type { OpenLink } from '@/lib/db/person-links'
import { withdrawLinkAction } from './actions'

/** Links that were given out and not used yet. What opens them is not kept, so it cannot be shown again. */
export function OpenLinks({ links }: { links: OpenLink[] }) {
  const [refusal, setRefusal] = useState<string>()
  const [busy, start] = useTransition()
  if (links.length === 0) return null
  const withdraw = (linkId: string) =>
    start(async () => {
      const result = await withdrawLinkAction(linkId)
      setRefusal(result.status === 'refused' ? result.because : undefined)
    })

  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Open links
      </Title>
      {refusal && <Refusal title="Not withdrawn" because={refusal} />}
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label="Open links">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>For</Table.Th>
              <Table.Th>Email</Table.Th>
              <Table.Th>Made by</Table.Th>
              <Table.Th>Ends</Table.Th>
              <Table.Th>Link</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {links.map((link) => (
              <Table.Tr key={link.id}>
                <Table.Td>
                  {link.kind === 'invitation' ? `Invitation as ${link.role}` : 'New password'}
                </Table.Td>
                <Table.Td>
                  <UserText>{link.email}</UserText>
                </Table.Td>
                <Table.Td>
                  <UserText>{link.madeByName}</UserText>
                </Table.Td>
                <Table.Td>
                  <When at={link.expiresAt} />
                </Table.Td>
                <Table.Td>
                  <Button
                    size="compact-xs"
                    variant="default"
                    disabled={busy}
                    onClick={() => withdraw(link.id)}
                  >
                    Withdraw
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}
