import { responseOf } from '@/lib/api/answer'
import { answerTrials } from '@/lib/api/trials'
import { authorizeApi } from '@/lib/auth/guard'

/** Trials, the newest first, a page at a time; with a key lib/web/api.ts answers before Next. */
export const GET = (request: Request): Promise<Response> =>
  authorizeApi(request, 'look', async ({ db }) =>
    responseOf(await answerTrials(db, new URL(request.url))),
  )
