'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { importFeed } from '@/lib/core/catalogue/import-feed'
import { paths } from '@/lib/paths'
import { feedForm } from './schema'

export async function importFeedAction(form: FormData) {
  return authorizeAction('importCatalogue', feedForm, form, async ({ actor, db }, given) => {
    const bytes = new Uint8Array(await given.file.arrayBuffer())
    const { readOn } = given
    const result = await importFeed(
      db,
      actor,
      { bytes, fileName: given.file.name, readOn },
      new Date(),
    )
    revalidatePath(paths.releases())
    return result
  })
}
