import { clientAddress } from '@/lib/auth/client-address'
import { publicRoute } from '@/lib/auth/guard'
import { answerWhenAway } from '@/lib/auth/refusal-answers'
import { openShare } from '@/lib/core/record/share/open-share'
import type { SharedContent } from '@/lib/core/record/share/share-content'
import { plainHtml, sharedHtml } from '@/lib/domain/report/html'
import { exactTime } from '@/lib/domain/text/instant'
import { fileAnswer, textAnswer } from '@/lib/text-answers'

type Context = { params: Promise<{ token: string }> }

/** A shared report, for whoever has the link: a page without scripts, or with `?as=json` a file. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { token } = await params
  const as = new URL(request.url).searchParams.get('as')
  const form = as === 'json' ? 'json' : 'page'
  const address = clientAddress(request.headers)
  return answerWhenAway(textAnswer, () =>
    publicRoute(request, 'openShare', async ({ db }) => {
      const opened = await openShare(db, { token, address, form }, new Date())
      const nonce = request.headers.get('x-oneway-nonce') ?? ''
      if (opened.status === 'wait') return tooMany(opened.seconds, nonce)
      if (opened.status === 'closed') return nothingHere(nonce)
      const { content, expiresAt } = opened
      return form === 'json' ? asFile(content) : page(sharedHtml(pageOf(content, expiresAt), nonce))
    }),
  )
}

const page = (html: string, status = 200, headers: Record<string, string> = {}) =>
  new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    },
  })

/** One answer to a guessed, an expired and a revoked link. */
const nothingHere = (nonce: string) =>
  page(
    plainHtml(
      'This link leads to nothing',
      [
        'It may have ended, or been copied without its last characters. Ask the person who sent it for another one.',
      ],
      nonce,
    ),
    404,
  )

const tooMany = (seconds: number, nonce: string) =>
  page(plainHtml('Too many requests', [`Try again in ${seconds} seconds.`], nonce), 429, {
    'retry-after': String(seconds),
  })

const pageOf = ({ name, mark, asOf, documents }: SharedContent, expiresAt: Date) => ({
  ...{ name, mark, documents },
  notes: [
    `The record at ${exactTime(new Date(asOf))}. People stand as their roles; identifiers of devices and addresses are replaced; texts of people are left out unless they were chosen for this link.`,
    `This link ends ${exactTime(expiresAt)}.`,
  ],
})

const asFile = (content: SharedContent) =>
  fileAnswer(`${JSON.stringify({ ...content, documents: undefined }, null, 1)}\n`, {
    type: 'application/json; charset=utf-8',
    name: `${content.name}${content.mark ? '-SIMULATED' : ''}-shared.json`,
  })
