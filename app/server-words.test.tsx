import { MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { prerender } from 'react-dom/static'
import { expect, test, vi } from 'vitest'
import { Clock } from '@/components/data/when'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { readKeptEvent } from '@/lib/core/ingest/read-kept-event'
import { checkServer } from '@/lib/core/lab/check-server'
import { addServer } from '@/lib/core/testing/device'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import { admin, later } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { checkinBody } from '@/lib/core/testing/webhook'
import type { Db } from '@/lib/db/client'
import { createTestDb } from '@/lib/db/testing'
import { type ServerKind, serverKinds, serverTraits } from '@/lib/mdm/server-kinds'
import DevicePage from './devices/[id]/page'
import EventPage from './events/[id]/page'
import EventsPage from './events/page'
import ServerPage from './servers/[id]/page'
import ServersPage from './servers/page'
import { SecretAddress } from './servers/webhook-address'
import TrialPage from './trials/[id]/page'
import UnconfirmedPage from './trials/unconfirmed/page'

const authorized = vi.hoisted((): { db: Db | undefined } => ({ db: undefined }))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () =>
    Promise.resolve({ actor: admin, db: authorized.db, signedIn: { hasPassword: true } }),
}))
vi.mock('@/lib/env', async (original) => ({
  ...(await original<typeof import('@/lib/env')>()),
  env: () => ({ ONEWAY_BASE_URL: 'https://lab.example', ONEWAY_DATA: '/lab' }),
}))
// A browser that is no phone: the trial's page has both the bench and the record.
vi.mock('next/headers', () => ({ headers: () => Promise.resolve(new Headers()) }))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined, refresh: () => undefined }),
  usePathname: () => '/',
  useSearchParams: () => new URLSearchParams(),
  notFound: () => {
    throw new Error('not found')
  },
}))

async function textOf(page: ReactNode): Promise<string> {
  const { prelude } = await prerender(
    <MantineProvider>
      <Clock at={later(400).toISOString()}>{page}</Clock>
    </MantineProvider>,
  )
  const html = await new Response(prelude).text()
  return html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
}
/** No page of these is asked for another time, world or filter. */
const none = Promise.resolve({ ask: undefined, asOf: undefined, view: undefined })

const authenticate = '<key>ProductName</key><string>iPhone10,1</string>'
const silence = {
  outcome: 'unconfirmed',
  reason: 'the MDM server did not answer in time',
} as const

/** A lab with one server of this kind: a trial under way, one that is unconfirmed, one whose device enrolled again. */
async function labWith(kind: ServerKind) {
  const lab = await createTestDb()
  authorized.db = lab.db
  const serverId = await addServer(lab.db, false, { kind, name: 'Server of the lab' })
  const server = fakeServer()
  await checkServer(lab.db, server.servers, admin, { serverId }, () => later(0))
  const waiting = await sentTrial(lab.db, { serverId })
  await sentTrial(lab.db, { serverId, result: silence })
  const { device, ...enrolledAgain } = await sentTrial(lab.db, { serverId })
  const bodies = [
    checkinBody('Authenticate', device.enrollmentId, authenticate, later(300)),
    new TextEncoder().encode('{"topic":7}'),
  ]
  const eventIds: number[] = []
  for (const body of bodies) {
    const id = (await keepEvent(lab.db, serverId, body, later(300))) ?? 0
    await readKeptEvent(lab.db, id, later(301))
    eventIds.push(id)
  }
  return { lab, serverId, device, eventIds, trialIds: [waiting.trialId, enrolledAgain.trialId] }
}

test.each(serverKinds)(
  'a lab with a server of the kind %s reads of no other kind',
  async (kind) => {
    const { lab, serverId, device, eventIds, trialIds } = await labWith(kind)
    try {
      const one = (id: string | number) => ({ params: Promise.resolve({ id: String(id) }) })
      const pages = [
        <ServersPage key="servers" />,
        <ServerPage key="server" {...one(serverId)} />,
        ...trialIds.map((id) => <TrialPage key={id} {...one(id)} searchParams={none} />),
        <UnconfirmedPage key="unconfirmed" searchParams={none} />,
        <DevicePage key="device" {...one(device.id)} searchParams={none} />,
        <EventsPage key="events" searchParams={none} />,
        ...eventIds.map((id) => <EventPage key={id} {...one(id)} />),
        <SecretAddress key="address" kind={kind} address="https://lab.example/api/webhook/lab" />,
      ]
      const texts: string[] = []
      for (const page of pages) texts.push(await textOf(page))
      const all = texts.join('\n')
      for (const other of serverKinds.filter((one) => one !== kind))
        expect(all.match(new RegExp(`.{0,80}${serverTraits[other].name}.{0,40}`, 'gi'))).toBeNull()
      const { accepted, enrolledAgain, flags, name } = serverTraits[kind]
      for (const said of [accepted, enrolledAgain, flags.apiKey, name]) expect(all).toContain(said)
    } finally {
      await lab.drop()
    }
  },
)
