/** Words for whoever asked over HTTP, mostly why not; never kept by a browser or a proxy. */
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

/** A file to be saved and never shown in place. Its name is ours and has no sign that would need quoting. */
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
