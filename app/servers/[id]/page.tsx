import { Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { Card } from '@/components/data/card'
import { PageHeader } from '@/components/data/page-header'
import { Refusal } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { findLatestCheck, findServerSilence } from '@/lib/db/queries/servers/server-checks'
import { findPending, findShownServer } from '@/lib/db/queries/servers/servers'
import { refusalFor } from '@/lib/domain/account/permissions'
import { webhookFinding } from '@/lib/domain/server/server-check'
import { env } from '@/lib/env'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { CheckResult, Gaps, Promises } from '../facts'
import { ServerForm } from '../form'
import { CheckButton } from '../server-check'
import { SilenceAlert } from '../silence-alert'
import { NewWebhookAddress } from '../webhook-address'

export const metadata: Metadata = { title: 'MDM server' }

/** One MDM server: what its kind promises, what a check found, its observation gaps, its settings. */
export default async function ServerPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, db } = await authorize('look')
  const { id } = await params
  const server = z.uuid().safeParse(id).success ? await findShownServer(db, id) : undefined
  if (!server) notFound()
  const [check, gaps, silence, pending] = await Promise.all([
    findLatestCheck(db, id),
    listGaps(db, id),
    findServerSilence(db, id),
    findPending(db, id),
  ])
  const now = new Date()
  const mayNot = refusalFor(actor, 'manageServers')
  const reason = server.simulated ? 'The virtual lab sets its own address and keys.' : mayNot
  const { name, slug, url, kind, storage } = server
  const declarationsUrl = server.declarationsUrl ?? ''
  const baseUrl = env().ONEWAY_BASE_URL
  const waiting = check !== undefined && webhookFinding(check, now).found === 'waiting'
  return (
    <>
      <PageHeader
        title={name}
        environment={server.simulated ? 'simulated' : undefined}
        description="A change applies from the next command."
      />
      <Stack gap="lg">
        {silence && <SilenceAlert silence={silence} />}
        <Card title="Connection check">
          {check && <CheckResult check={check} now={now} />}
          <CheckButton serverId={id} waiting={waiting} refusal={mayNot} />
        </Card>
        <Card title="Observation gaps">
          <Gaps gaps={gaps} />
        </Card>
        <Promises server={server} />
        <Card title="Settings">
          {reason ? (
            <Refusal title="Cannot be edited" reason={reason} />
          ) : (
            <>
              <ServerForm
                baseUrl={baseUrl}
                pending={pending}
                initial={{
                  ...{ id, kind, storage, name, slug, url, apiKey: '', hmacKey: '' },
                  ...{ declarationsUrl, declarationsKey: '' },
                  seen: { storage, name, slug, url, declarationsUrl },
                }}
              />
              {serverTraits[kind].webhookProof === 'secretAddress' && (
                <NewWebhookAddress
                  kind={kind}
                  serverId={id}
                  slug={slug}
                  baseUrl={baseUrl}
                  refusal={undefined}
                />
              )}
            </>
          )}
        </Card>
      </Stack>
    </>
  )
}
