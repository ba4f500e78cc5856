/** An answer in plain text, mostly a refusal; never cached. */
export const textAnswer = (
  status: number,
  words: string,
  headers: Record<string, string> = {},
): Response =>
  new Response(`${words}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    },
  })

/** The headers of an answer to a program: JSON, never cached, and never taken for anything else. */
export const jsonHeaders = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** A file to be downloaded and never shown in the browser. Its name is chosen by Oneway and needs no escaping. */
export const fileAnswer = (
  body: ReadableStream<Uint8Array> | string,
  { type, name }: { type: string; name: string },
): Response =>
  new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
    },
  })
