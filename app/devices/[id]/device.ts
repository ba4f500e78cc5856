import { notFound } from 'next/navigation'
import { cache } from 'react'
import { z } from 'zod'
import { findDeviceRow } from '@/lib/db/device-facts'
import type { Device } from '@/lib/db/devices'
import { db } from '@/lib/db/pool'

/** The device of an address, read once per request; an address that names none leads to "not found". */
export const deviceOr404 = cache(async (id: string): Promise<Device> => {
  const device = z.uuid().safeParse(id).success ? await findDeviceRow(db, id) : undefined
  return device ?? notFound()
})
