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
// What is no form at all is an empty one, of which the first field is missing.
const formOf = z
  .unknown()
  .transform((form) => (form instanceof FormData ? Object.fromEntries(form) : {}))
const confirmed = chosen.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) })

const fileOf = async ({ file, mdmServerId }: z.output<typeof chosen>) => ({
  bytes: new Uint8Array(await file.arrayBuffer()),
  mdmServerId: mdmServerId || undefined,
})

export async function previewImportAction(form: FormData) {
  return enterAction('importDevices', formOf.pipe(chosen), form, async ({ actor, db }, given) =>
    previewImport(db, actor, await fileOf(given), new Date()),
  )
}

export async function importDevicesAction(form: FormData) {
  return enterAction('importDevices', formOf.pipe(confirmed), form, async (entered, input) => {
    const { actor, db } = entered
    const { hash, ...given } = input
    const result = await importDevices(db, actor, { ...(await fileOf(given)), hash }, new Date())
    revalidatePath(paths.devices(), 'layout')
    return result
  })
}
