'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { importDevices, previewImport } from '@/lib/services/import-devices'

const chosen = z.object({
  file: z.instanceof(File, { message: 'Choose a file.' }),
  mdmServerId: z.union([z.uuid(), z.literal('')]),
})
const confirmed = chosen.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) })

const fileOf = async ({ file, mdmServerId }: z.output<typeof chosen>) => ({
  bytes: new Uint8Array(await file.arrayBuffer()),
  mdmServerId: mdmServerId || undefined,
})

export async function previewImportAction(form: FormData) {
  return enterAction('importDevices', async ({ actor, db }) => {
    const given = chosen.parse(Object.fromEntries(form))
    return previewImport(db, actor, await fileOf(given), new Date())
  })
}

export async function importDevicesAction(form: FormData) {
  return enterAction('importDevices', async ({ actor, db }) => {
    const { hash, ...given } = confirmed.parse(Object.fromEntries(form))
    const result = await importDevices(db, actor, { ...(await fileOf(given)), hash }, new Date())
    revalidatePath(paths.devices(), 'layout')
    return result
  })
}
