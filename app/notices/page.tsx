import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, OlderRows, TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { countDeliveries, listDeliveries } from '@/lib/db/queries/outbox/deliveries'
import { listNoticeTargets } from '@/lib/db/queries/outbox/targets'
import { refusalFor } from '@/lib/domain/account/permissions'
import {
  type DeliveryState,
  deliveryLabels,
  deliveryStates,
  keptDays,
  maxTries,
} from '@/lib/domain/notice/delivery'
import { paths } from '@/lib/paths'
import { DeliveryTable } from './deliveries'
import { readNoticeParams } from './schema'
import { TargetTable } from './targets'

export const metadata: Metadata = { title: 'Notices' }

const pageSize = 50

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Who is notified of what, and how far each delivery is. */
export default async function NoticesPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { state, before } = readNoticeParams(await searchParams)
  const [targets, counts, rows] = await Promise.all([
    listNoticeTargets(db),
    countDeliveries(db),
    listDeliveries(db, { state, before }, pageSize + 1),
  ])
  const shown = rows.slice(0, pageSize)
  const last = rows.length > pageSize ? shown.at(-1) : undefined
  const reason = refusalFor(actor, 'manageNotices')
  return (
    <>
      <PageHeader
        title="Notices"
        marks={<LiveTable of={['notices']} />}
        description="What Oneway sends out when something happens: a signed webhook to each receiver that is on, and mail to people who chose it on their account page. Nothing is sent until somebody switches it on."
        action={<AddButton reason={reason} />}
      />
      <Stack gap="lg">
        {targets.length === 0 ? (
          <EmptyState title="No receiver yet" icon={IconBell}>
            An admin adds a program that takes webhooks, such as a chat or a ticket system, and
            chooses what it is notified of.
          </EmptyState>
        ) : (
          <TargetTable targets={targets} reason={reason} />
        )}
        <section aria-labelledby="deliveries">
          <Title order={2} size="h4" id="deliveries" mb="xs">
            Deliveries
          </Title>
          <States state={state} counts={counts} />
          {shown.length === 0 ? (
            <Text size="sm">No delivery is in this list.</Text>
          ) : (
            <DeliveryTable rows={shown} reason={refusalFor(actor, 'decideNotice')} />
          )}
          <Text size="xs" c="dimmed" mt="xs">
            Each is tried {maxTries} times in about 32 hours, then given up. Delivered ones are kept
            for {keptDays.delivered} days, the others for {keptDays.ended} days after their end.
          </Text>
        </section>
      </Stack>
      <OlderRows
        newest={before === undefined ? undefined : paths.notices({ state })}
        older={last && paths.notices({ state, before: last.id })}
      />
    </>
  )
}

function AddButton({ reason }: { reason: string | undefined }) {
  if (reason)
    return (
      <Button disabled title={reason}>
        Add a receiver
      </Button>
    )
  return <ButtonLink href={paths.noticeTargetNew()}>Add a receiver</ButtonLink>
}

type StatesProps = { state: DeliveryState | undefined; counts: ReadonlyMap<string, number> }

function States({ state, counts }: StatesProps) {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const entry = (label: string, count: number, to: DeliveryState | undefined) => (
    <TextLink
      key={label}
      href={paths.notices({ state: to })}
      size="sm"
      fw={to === state ? 700 : 400}
      aria-current={to === state ? 'page' : undefined}
    >
      {label} {count.toLocaleString('en')}
    </TextLink>
  )
  return (
    <Group component="nav" gap="md" mb="xs" aria-label="Deliveries by state">
      {entry('All', all, undefined)}
      {deliveryStates.map((one) => entry(deliveryLabels[one], counts.get(one) ?? 0, one))}
    </Group>
  )
}
