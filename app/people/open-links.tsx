'use client'

import { Button, Stack, Title } from '@mantine/core'
import { useState, useTransition } from 'react'
import classes from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { OpenLink } from '@/lib/db/queries/people/person-links'
import { withdrawLinkAction } from './actions'

/** Links that were given out and not used yet. What opens them is not kept, so it cannot be shown again. */
export function OpenLinks({ links }: { links: OpenLink[] }) {
  const [refusal, setRefusal] = useState<string>()
  const [busy, start] = useTransition()
  if (links.length === 0) return null
  const withdraw = (linkId: string) =>
    start(async () => {
      const result = await withdrawLinkAction(linkId)
      setRefusal(result.status === 'refused' ? result.reason : undefined)
    })

  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Open links
      </Title>
      {refusal && <Refusal title="Not withdrawn" reason={refusal} />}
      <table className={classes.table} aria-label="Open links">
        <TableHead labels={['For', 'Email', 'Made by', 'Ends', 'Link']} />
        <tbody>
          {links.map((link) => (
            <tr key={link.id}>
              <td data-label="For">
                {link.kind === 'invitation' ? `Invitation as ${link.role}` : 'New password'}
              </td>
              <td data-label="Email">
                <UserText>{link.email}</UserText>
              </td>
              <td data-label="Made by">
                <UserText>{link.madeByName}</UserText>
              </td>
              <td data-label="Ends">
                <When at={link.expiresAt} />
              </td>
              <td data-label="Link">
                <div>
                  <Button
                    size="compact-xs"
                    variant="default"
                    disabled={busy}
                    onClick={() => withdraw(link.id)}
                  >
                    Withdraw
                  </Button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Stack>
  )
}
