import { refreshVerdicts } from '@/lib/core/kernel/judge-device'
import { fullQuery, writeProbe } from '@/lib/core/release/query-device'
import { reviewProtocol } from '@/lib/core/trials/review-protocol'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { createPerson, randomPassword } from '@/lib/credentials/people'
import { connect, type Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { countAllDevices, insertDevice } from '@/lib/db/queries/devices/devices'
import { insertReadings, type NewReading } from '@/lib/db/queries/devices/readings'
import { countPeople } from '@/lib/db/queries/people/users'
import { findShownServerBySlug, insertServer, updateServer } from '@/lib/db/queries/servers/servers'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { endTurn, takeTurns, transact } from '@/lib/db/transact'
import { type Actor, type Role, roles } from '@/lib/domain/account/permissions'
import { virtualServerKind } from '@/lib/mdm/server-kinds'
import { type FleetSeed, listFleetSeeds } from '@/lib/virtual-lab/fleet'
import { kmfddmPath } from '@/lib/virtual-lab/http-exchange'
import { inventoryOf } from './origin/drawer'
import { demoProtocols } from './protocols'

export type DemoUser = { id: string; name: string; email: string; password: string; role: Role }

export type VirtualLab = { url: string; apiKey: string; hmacKey: string }

/** The virtual lab's row has this slug, and so its webhook ends in it. */
export const virtualLabSlug = 'virtual-lab'

const seeder: Actor = { id: 'demo', name: 'Demo', role: 'lead' }

/**
 * Fills an empty lab with the demo: one person per role with a password nobody else has, the virtual
 * MDM server, its twelve devices and a few protocols; `fillStory` adds trials. Gives the people, or undefined where the lab
 * was filled before; the address and keys of the virtual lab are brought up to date either way.
 */
export async function seedDemo(
  databaseUrl: string,
  lab: VirtualLab,
  now = new Date(),
): Promise<{ users: DemoUser[] } | undefined> {
  const { db, end } = connect(databaseUrl, { max: 2 })
  try {
    return await transact(db, seeder, async (tx) => {
      const serverId = await putVirtualServer(tx, lab)
      if ((await countPeople(tx)) > 0 || (await countAllDevices(tx)) > 0) return undefined
      for (const device of listFleetSeeds()) await seedDevice(tx, serverId, device, now)
      const versions: string[] = []
      for (const plan of demoProtocols) versions.push(await mustSave(tx, plan, now))
      // Each device of the demo is the only one of its version: whoever tries the demo alone would
      // need a second person at every release. A protocol of it shows how two people release.
      const by = { changedAt: now, changedBy: seeder.name }
      await storeLabSetting(tx, 'twoPersonRelease', 'protocolOnly', by)
      const users = await seedPeople(tx)
      await reviewAll(tx, users, versions, now)
      return { users }
    })
  } finally {
    await end()
  }
}

async function putVirtualServer(db: Db, lab: VirtualLab): Promise<string> {
  // The virtual lab keeps declarations too, below a path of its own and with the same key.
  const declarations = { url: `${lab.url}${kmfddmPath}`, apiKey: lab.apiKey }
  const known = await findShownServerBySlug(db, virtualLabSlug)
  if (known) {
    await updateServer(db, known.id, { ...lab, declarations })
    return known.id
  }
  return insertServer(db, {
    ...lab,
    declarationsUrl: declarations.url,
    declarationsKey: declarations.apiKey,
    slug: virtualLabSlug,
    name: 'Virtual lab',
    kind: virtualServerKind,
    simulated: true,
  })
}

const names: Record<Role, string> = {
  viewer: 'Vic Viewer',
  engineer: 'Erin Engineer',
  lead: 'Lee Lead',
  admin: 'Ada Admin',
}

async function seedPeople(db: Db): Promise<DemoUser[]> {
  const people: DemoUser[] = []
  for (const role of roles) {
    const email = `${role}@oneway.example`
    const person = { name: names[role], email, password: randomPassword(), role }
    people.push({ ...person, id: await createPerson(db, person) })
  }
  return people
}

async function seedDevice(
  db: Db,
  mdmServerId: string,
  device: FleetSeed,
  now: Date,
): Promise<void> {
  const { id } = await insertDevice(db, {
    ...inventoryOf(device),
    ...{ mdmServerId, location: 'Virtual bench', holder: seeder.name },
  })
  await insertReadings(db, id, typedReadings(device, now))
  await queryAtFirst(db, id, now)
  await refreshVerdicts(db, [id], now)
}

/** The first question to each device goes out when the worker starts, so that a new demo shows readings. */
async function queryAtFirst(db: Db, deviceId: string, now: Date): Promise<void> {
  const device = await lockDeviceRow(db, deviceId)
  const [first, ...rest] = fullQuery
  if (!device || !first) return
  await writeProbe(db, seeder, device, { first, rest }, now)
}

/** What no MDM key tells, as a person at the virtual bench would type it. */
function typedReadings(device: FleetSeed, now: Date): NewReading[] {
  const about = { source: 'typed' as const, answeredAt: now, byId: seeder.id, byName: seeder.name }
  const values = [
    { field: 'depEnrolled', value: true },
    { field: 'appInstallationRight', value: true },
    { field: 'activeDeclaration', value: false },
    { field: 'automaticUpdatesOff', value: true },
    { field: 'userEnrollment', value: false },
    { field: 'externalPower', value: device.plugged },
    { field: 'network', value: device.network },
    { field: 'networkName', value: device.networkName },
    { field: 'networkCaptive', value: false },
  ] as const
  // An Apple TV tells its free space over no MDM key: it is read in Settings and typed, in GB.
  const onlyTyped =
    device.platform === 'tvOS'
      ? [{ field: 'freeCapacity' as const, value: device.freeBytes / 1e9 }]
      : []
  return [...values, ...onlyTyped].map((reading) => ({ ...about, ...reading }))
}

/** The lead reviews what the demo brought along, in an action of their own: nobody reviews what they wrote. */
async function reviewAll(
  tx: Db,
  users: readonly DemoUser[],
  versions: readonly string[],
  now: Date,
): Promise<void> {
  const lead = users.find(({ role }) => role === 'lead')
  if (!lead) throw new Error('the demo has no lead')
  await takeTurns(tx)
  await endTurn(tx, lead)
  for (const versionId of versions) {
    const done = await reviewProtocol(tx, lead, { versionId, reason: '' }, now)
    if (done.status === 'refused')
      throw new Error(`a demo protocol was not reviewed: ${done.reason}`)
  }
}

async function mustSave(db: Db, plan: (typeof demoProtocols)[number], now: Date): Promise<string> {
  const saved = await saveProtocol(db, seeder, { plan }, now)
  if (saved.status !== 'saved') throw new Error(`a demo protocol is not legal: ${saved.reason}`)
  return saved.versionId
}
