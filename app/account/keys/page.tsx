import { Code, Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { Card } from '@/components/data/card'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { type ApiKey, listApiKeys } from '@/lib/db/queries/people/api-keys'
import { keyStateAt } from '@/lib/domain/account/api-key'
import { mayDo } from '@/lib/domain/account/permissions'
import { KeysTable, MakeKey, type ShownKey } from './keys'

export const metadata: Metadata = { title: 'API keys' }

export default async function ApiKeysPage() {
  const { actor, db } = await authorize('look')
  const now = new Date()
  const own = await listApiKeys(db, actor.id)
  const others = mayDo(actor, 'managePeople')
    ? (await listApiKeys(db)).filter(({ personId }) => personId !== actor.id)
    : undefined
  return (
    <>
      <PageHeader
        title="API keys"
        description={
          <>
            A program sends a key as <Code>Authorization: Bearer oneway_…</Code> and reads as you,
            by the role you have at that moment. A calendar program sends no header: a key for the
            calendars stands in their address and reads those files alone. No key can release, sign,
            approve, waive or change anything.
          </>
        }
      />
      <Stack gap="lg">
        <MakeKey />
        <Card title="Your keys">
          <KeysTable keys={own.map((key) => shown(key, now))} />
        </Card>
        {others && (
          <Card title="Keys of other people">
            <KeysTable keys={others.map((key) => shown(key, now))} withOwner />
          </Card>
        )}
      </Stack>
    </>
  )
}

const shown = (key: ApiKey, now: Date): ShownKey => ({ ...key, state: keyStateAt(key, now) })
