'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { badRowsCsv, importDevices, previewImport } from '@/lib/core/devices/import/import-devices'
import { paths } from '@/lib/paths'
import { fileOf, importForm, previewForm } from './schema'

export async function previewImportAction(form: FormData) {
  return authorizeAction('importDevices', previewForm, form, async ({ actor, db }, given) =>
    previewImport(db, actor, await fileOf(given), new Date()),
  )
}

export async function badRowsAction(form: FormData) {
  return authorizeAction('importDevices', previewForm, form, async ({ actor, db }, given) =>
    badRowsCsv(db, actor, await fileOf(given), new Date()),
  )
}

export async function importDevicesAction(form: FormData) {
  return authorizeAction('importDevices', importForm, form, async ({ actor, db }, input) => {
    const { hash, ...given } = input
    const result = await importDevices(db, actor, { ...(await fileOf(given)), hash }, new Date())
    revalidatePath(paths.devices(), 'layout')
    return result
  })
}
