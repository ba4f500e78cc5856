'use server'

import { revalidatePath } from 'next/cache'
import { enterAction } from '@/lib/auth/door'
import { badRowsCsv, importDevices, previewImport } from '@/lib/core/devices/import/import-devices'
import { paths } from '@/lib/paths'
import { fileOf, importForm, previewForm } from './schema'

export async function previewImportAction(form: FormData) {
  return enterAction('importDevices', previewForm, form, async ({ actor, db }, given) =>
    previewImport(db, actor, await fileOf(given), new Date()),
  )
}

export async function badRowsAction(form: FormData) {
  return enterAction('importDevices', previewForm, form, async ({ actor, db }, given) =>
    badRowsCsv(db, actor, await fileOf(given), new Date()),
  )
}

export async function importDevicesAction(form: FormData) {
  return enterAction('importDevices', importForm, form, async ({ actor, db }, input) => {
    const { hash, ...given } = input
    const result = await importDevices(db, actor, { ...(await fileOf(given)), hash }, new Date())
    revalidatePath(paths.devices(), 'layout')
    return result
  })
}
