import { responseOf } from '@/lib/api/answer'
import { answerDevices } from '@/lib/api/devices'
import { authorizeApi } from '@/lib/auth/guard'

/** The inventory, a page at a time; with a key lib/web/api.ts answers before Next. */
export const GET = (request: Request): Promise<Response> =>
  authorizeApi(request, 'look', async ({ db }) =>
    responseOf(await answerDevices(db, new URL(request.url), new Date())),
  )
