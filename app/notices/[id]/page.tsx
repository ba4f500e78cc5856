import { Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { Card } from '@/components/data/card'
import { PageHeader } from '@/components/data/page-header'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { oldSecretHours } from '@/lib/core/notices/save-target'
import { findNoticeTarget } from '@/lib/db/queries/outbox/targets'
import { refusalFor } from '@/lib/domain/account/permissions'
import { shownText } from '@/lib/domain/text/typed-text'
import { DeleteTarget } from '../delete'
import { TargetForm } from '../form'
import { NewSecret } from '../secret'

export const metadata: Metadata = { title: 'Receiver of notices' }

type Props = { params: Promise<{ id: string }> }

export default async function TargetPage({ params }: Props) {
  const { actor, db } = await authorize('look')
  const { data: id } = z.uuid().safeParse((await params).id)
  const target = id === undefined ? undefined : await findNoticeTarget(db, id)
  if (!target) notFound()
  const reason = refusalFor(actor, 'manageNotices')
  const { name, url, topics, withSimulated, isOn, offReason } = target
  return (
    <>
      <PageHeader
        title={<UserText>{name}</UserText>}
        description="A receiver of signed webhooks."
      />
      {reason ? (
        <Refusal reason={reason} />
      ) : (
        <Stack gap="md" maw={700}>
          {offReason && <Refusal title="Switched off" reason={`${offReason}.`} />}
          <TargetForm initial={{ id: target.id, name, url, topics, withSimulated, isOn }} />
          <Card title="Signing secret">
            <NewSecret targetId={target.id} oldSecretHours={oldSecretHours} reason={reason} />
          </Card>
          <Card title="Delete">
            <DeleteTarget targetId={target.id} name={shownText(name)} />
          </Card>
        </Stack>
      )}
    </>
  )
}
