import { notFound } from 'next/navigation'
import { cache } from 'react'
import { z } from 'zod'
import { authorize } from '@/lib/auth/guard'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import type { Device } from '@/lib/db/queries/devices/devices'
import type { Command } from '@/lib/db/queries/trials/commands'
import { isOpenCommand } from '@/lib/domain/trial/command-slot'

/** The device of an address, read once per request; an address that names none leads to "not found". */
export const deviceOr404 = cache(async (id: string): Promise<Device> => {
  const { db } = await authorize('look')
  const device = z.uuid().safeParse(id).success ? await findDeviceRow(db, id) : undefined
  return device ?? notFound()
})

/** The open command in words, for the button that must wait for it. */
export function openCommandOf(commands: readonly Command[]): string | undefined {
  const open = commands.find(isOpenCommand)
  return open && `${open.requestType} is ${open.state}; one command at a time.`
}
