import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { insertDevice } from '@/lib/db/queries/devices/devices'
import { insertReadings, type NewReading } from '@/lib/db/queries/devices/readings'
import { insertServer } from '@/lib/db/queries/servers/servers'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import { readyValues } from '@/lib/domain/testing'
import { serverTraits, usualServerKind } from '@/lib/mdm/server-kinds'
import { now } from './people'

export async function addServer(
  db: Db,
  simulated = false,
  but: Partial<Parameters<typeof insertServer>[1]> = {},
): Promise<string> {
  const slug = `s-${randomUUID()}`
  const { kind = usualServerKind } = but
  const proof =
    serverTraits[kind].webhookProof === 'signature'
      ? { hmacKey: 'lab-hmac-key' }
      : { hmacKey: '', webhookTokenSha256: '0'.repeat(64) }
  return insertServer(db, {
    slug,
    name: 'Lab NanoMDM',
    kind,
    // A second entry with the same address would be refused.
    url: `http://127.0.0.1:9/${slug}`,
    apiKey: 'lab-api-key',
    simulated,
    ...proof,
    ...but,
  })
}

/** The readings of an iPhone on 12.0.1 that passes every rule and is offered 12.1. */
export const goodReadings: Partial<ReadingValues> = {
  ...readyValues,
  osVersion: '12.0.1',
  osBuild: '16A404',
  freeCapacity: 40,
  totalCapacity: 64,
  batteryLevel: 0.9,
  networkName: 'Lab',
  passcodePresent: false,
  availableUpdates: [
    {
      productKey: 'iOSUpdate16B92',
      version: '12.1',
      build: '16B92',
      downloadBytes: 2_400_000_000,
      installBytes: 1_000_000_000,
      securityResponse: false,
    },
  ],
}

export const readingsOf = (values: Partial<ReadingValues>, at = now): NewReading[] =>
  // entries loses which value belongs to which field; each keeps its own.
  Object.entries(values).map(([field, value]) => ({
    field: field as keyof ReadingValues,
    value,
    unknownReason: value === undefined ? 'not reported' : null,
    source: 'typed',
    answeredAt: at,
    byName: 'Erin',
  }))

export async function addDevice(
  db: Db,
  input: {
    serverId?: string
    but?: Partial<ReadingValues>
    simulated?: boolean
    /** When all of it was read. */
    at?: Date
  } = {},
) {
  const mdmServerId = input.serverId ?? (await addServer(db, input.simulated))
  const enrollmentId = randomUUID().replaceAll('-', '')
  const serial = `F7${randomUUID().slice(0, 10).replaceAll('-', 'X').toUpperCase()}`
  const { id } = await insertDevice(db, {
    mdmServerId,
    enrollmentId,
    serial,
    labTag: `T-${randomUUID().slice(0, 8)}`,
    name: 'Test iPhone',
    platform: 'iOS',
    modelIdentifier: 'iPhone10,1',
    lastSeenAt: input.at ?? now,
  })
  await insertReadings(db, id, readingsOf({ ...goodReadings, ...input.but }, input.at))
  return { id, mdmServerId, enrollmentId, serial }
}
