'use client'

import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import type { AccessSettings } from '@/lib/domain/account/access-settings'
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

type Props = { sessions: Line[]; limits: Pick<AccessSettings, 'idleHours' | 'sessionHours'> }

/** Where a person is signed in; each can be ended from here. */
export function Sessions({ sessions, limits }: Props) {
  const { busy, refusal, run } = useAction()
  // A press before hydration would be lost, and the session would not end.
  const ready = useReady()
  return (
    <Stack gap="sm">
      {refusal && <Refusal title="Not ended" reason={refusal.reason} />}
      <table className={classes.table} aria-label="Sessions">
        <TableHead labels={['Browser', 'Address', 'Signed in', 'Last seen', 'Session']} />
        <tbody>
          {sessions.map(({ id, browser, ipAddress, createdAt, lastSeenAt, own }) => (
            <tr key={id}>
              <td data-label="Browser">
                <UserText>{browser}</UserText>
              </td>
              <td data-label="Address">
                <UserText>{ipAddress || 'unknown'}</UserText>
              </td>
              <td data-label="Signed in">
                <When at={createdAt} />
              </td>
              <td data-label="Last seen">
                <When at={lastSeenAt} />
              </td>
              <td data-label="Session">
                <div>
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
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Group gap="sm">
        <Button
          variant="default"
          disabled={busy || sessions.length < 2}
          title={sessions.length < 2 ? 'There are no other sessions' : undefined}
          onClick={() => run(endOtherSessionsAction)}
        >
          End all others
        </Button>
        <Text size="sm" c="dimmed">
          A session ends by itself after {limits.idleHours} h without a request, and in any case
          after {limits.sessionHours} h.
        </Text>
      </Group>
    </Stack>
  )
}
