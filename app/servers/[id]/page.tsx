import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { PageHeader } from '@/components/page-header'
import { Refusal } from '@/components/refusal'
import { requireActor } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { findShownServer } from '@/lib/db/servers'
import { refusalFor } from '@/lib/domain/actor'
import { ServerForm } from '../form'

export const metadata: Metadata = { title: 'MDM server' }

export default async function ServerPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  const server = z.uuid().safeParse(id).success ? await findShownServer(db, id) : undefined
  if (!server) notFound()
  const because = server.simulated
    ? 'The virtual lab sets its own address and keys.'
    : refusalFor(actor, 'manageServers')
  const { name, slug, url } = server
  return (
    <>
      <PageHeader title={name} description="A change counts from the next command on." />
      {because ? (
        <Refusal title="Cannot be edited" because={because} />
      ) : (
        <ServerForm initial={{ id, name, slug, url, apiKey: '', hmacKey: '' }} />
      )}
    </>
  )
}
