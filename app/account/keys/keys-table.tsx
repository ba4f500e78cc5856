'use client'

import { Button, Code, Text } from '@mantine/core'
import { useState, useTransition } from 'react'
import classes from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { ApiKey } from '@/lib/db/queries/people/api-keys'
import type { KeyState } from '@/lib/domain/account/api-key'
import { shownText } from '@/lib/domain/text/typed-text'
import { revokeKeyAction } from './actions'

export type ShownKey = ApiKey & { state: KeyState }

type Props = { keys: ShownKey[]; withOwner?: boolean }

/** What was made, what it is for, and what has ended; a key that has ended stays in the list. */
export function KeysTable({ keys, withOwner = false }: Props) {
  const [refusal, setRefusal] = useState<string>()
  const [busy, start] = useTransition()
  const revoke = (keyId: string) =>
    start(async () => {
      const result = await revokeKeyAction(keyId)
      setRefusal(result.status === 'refused' ? result.because : undefined)
    })
  if (keys.length === 0)
    return (
      <Text size="sm" c="dimmed">
        There is none.
      </Text>
    )
  const owner = withOwner ? ['Owner'] : []
  return (
    <>
      {refusal && <Refusal title="Not revoked" because={refusal} />}
      <table className={classes.table}>
        <TableHead labels={['Name', ...owner, 'For', 'Ends', 'Last used', 'Revoke']} />
        <tbody>
          {keys.map((key) => (
            <Row key={key.id} shown={key} {...{ withOwner, busy, revoke }} />
          ))}
        </tbody>
      </table>
    </>
  )
}

type RowProps = {
  shown: ShownKey
  withOwner: boolean
  busy: boolean
  revoke: (keyId: string) => void
}

function Row({ shown, withOwner, busy, revoke }: RowProps) {
  return (
    <tr>
      <td data-label="Name">
        <div>
          <UserText>{shown.name}</UserText> <Code>{shown.hint}…</Code>
        </div>
      </td>
      {withOwner && (
        <td data-label="Owner">
          <UserText>{shown.personName}</UserText>
        </td>
      )}
      <td data-label="For">{shown.scopes.join(', ')}</td>
      <td data-label="Ends">
        <Ends shown={shown} />
      </td>
      <td data-label="Last used">
        {shown.lastUsedAt ? (
          <When at={shown.lastUsedAt} />
        ) : (
          <span className={classes.dim}>never</span>
        )}
      </td>
      <td data-label="Revoke">
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Revoke ${shownText(shown.name)}`}
          disabled={busy || shown.state !== 'live'}
          title={shown.state === 'live' ? 'Revokes it at once' : `It is ${shown.state} already`}
          onClick={() => revoke(shown.id)}
        >
          Revoke
        </Button>
      </td>
    </tr>
  )
}

function Ends({ shown }: { shown: ShownKey }) {
  if (shown.revokedAt !== null)
    return (
      <span>
        revoked <When at={shown.revokedAt} /> by <UserText>{shown.revokedByName}</UserText>
      </span>
    )
  return (
    <span>
      {shown.state === 'expired' && 'expired '}
      <When at={shown.expiresAt} />
    </span>
  )
}
