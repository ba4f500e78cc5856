'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { importFeed } from '@/lib/core/catalogue/import-feed'
import { paths } from '@/lib/paths'

// What is no form at all is an empty one, of which the first field is missing.
const feedForm = z
  .unknown()
  .transform((form) => (form instanceof FormData ? Object.fromEntries(form) : {}))
  .pipe(
    z.object({
      file: z.instanceof(File, { message: 'Choose a file.' }),
      readOn: z.string().max(20),
    }),
  )

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
