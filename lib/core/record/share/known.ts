import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { listPeople } from '@/lib/db/queries/people/users'
import {
  listActorsOfTrials,
  listAllIdentifiers,
  listServerAddresses,
} from '@/lib/db/queries/share-links'
import { isCommonName, type KnownIdentifier } from '@/lib/domain/radar/redact'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { identifiersOf } from '../write-radar'
import type { Known } from './hide'

/** A trial with its device, as a report names them. */
type Named = {
  trial: { id: string }
  device: { id: string; name: string; serial: string | null; enrollmentId: string | null }
}

/** Everything the lab knows that identifies somebody or something in these reports. */
export async function knownOf(db: Db, reports: readonly Named[]): Promise<Known> {
  const [people, devices, servers, everyDevice] = await Promise.all([
    peopleOf(db, reports),
    devicesOf(db, reports),
    serversOf(db),
    listAllIdentifiers(db),
  ])
  const named = reports.flatMap(({ device }): KnownIdentifier[] => [
    ...(device.serial ? [{ text: device.serial, word: 'serial number' }] : []),
    ...(device.enrollmentId ? [{ text: device.enrollmentId, word: 'enrollment ID' }] : []),
    ...(isCommonName(device.name) ? [] : [{ text: device.name, word: 'device name' }]),
  ])
  return { people, identifiers: [...devices, ...named, ...servers], everyDevice }
}

/** Each name with its role and a number, so that two people stay two; those of the trials come first. */
async function peopleOf(db: Db, reports: readonly Named[]): Promise<Known['people']> {
  const ids = reports.map(({ trial }) => trial.id)
  const all = [...(await listActorsOfTrials(db, ids)), ...(await listPeople(db))]
  const words = new Map<string, string>()
  const numbers = new Map<string, number>()
  for (const { name, role } of all) {
    if (words.has(name) || name.trim() === '') continue
    const number = (numbers.get(role) ?? 0) + 1
    numbers.set(role, number)
    words.set(name, `${role} ${number}`)
  }
  return [...words].map(([name, word]) => ({ name, word }))
}

async function devicesOf(db: Db, reports: readonly Named[]): Promise<KnownIdentifier[]> {
  const ids = [...new Set(reports.map(({ device }) => device.id))]
  const found = await Promise.all(
    ids.map(async (id) => {
      const device = await findDeviceRow(db, id)
      return device ? identifiersOf(db, device) : []
    }),
  )
  return found.flat()
}

/** A server that is called what its program is called: that word says nothing of this lab, and is part of other sentences. */
const productNames = new Set([
  'mdm',
  ...Object.values(serverTraits).flatMap(({ name, label }) =>
    [name, label].map((text) => text.toLowerCase()),
  ),
])

/** Names and addresses of MDM servers, with and without port. */
async function serversOf(db: Db): Promise<KnownIdentifier[]> {
  return (await listServerAddresses(db)).flatMap(({ name, url, slug }) => {
    const parsed = URL.parse(url)
    const hosts = parsed ? [parsed.host, parsed.hostname] : []
    const names = [name, slug].filter((text) => !productNames.has(text.toLowerCase()))
    return [url, ...hosts, ...names].map((text) => ({ text, word: 'MDM server' }))
  })
}
