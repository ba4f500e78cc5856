/** An HTTP response; header names are in lower case. */
export type Answer = { status: number; headers: Record<string, string>; body: string }

type Kind = 'page' | 'shared' | 'file' | 'picture' | 'static' | 'icon' | 'worker' | 'other'

function kindOf(url: string, { status, headers }: Answer): Kind {
  if (headers['content-disposition']?.startsWith('attachment')) return 'file'
  if (headers['content-disposition']?.startsWith('inline')) return 'picture'
  if (headers['content-type']?.startsWith('text/html'))
    return url.startsWith('/shared/') ? 'shared' : 'page'
  const isFound = status === 200
  if (isFound && url.startsWith('/_next/static/')) return 'static'
  if (isFound && url === '/sw.js') return 'worker'
  if (isFound && /^\/(?:icon\.svg|favicon\.ico)/.test(url)) return 'icon'
  return 'other'
}

const pagePolicy =
  /^default-src 'self'; script-src 'nonce-([A-Za-z0-9+/=]{24})' 'strict-dynamic'; script-src-attr 'none'; style-src 'self' 'nonce-\1'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/
const sharedPolicy =
  /^default-src 'none'; style-src 'nonce-([A-Za-z0-9+/=]{24})'; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/
const plainPolicy = /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'$/

/** Required headers by kind of response, in addition to those required of all (docs/security.md). */
const table: Record<Kind, Record<string, RegExp>> = {
  page: { 'content-security-policy': pagePolicy, 'cache-control': /no-store/ },
  shared: {
    'content-security-policy': sharedPolicy,
    'cache-control': /no-store/,
    'referrer-policy': /^no-referrer$/,
    'x-robots-tag': /^noindex, nofollow, noarchive$/,
  },
  file: {
    'content-security-policy': /^default-src 'none'; .*; sandbox$/,
    'cache-control': /no-store/,
    'content-disposition': /^attachment; filename="[\w.-]+"(?:; filename\*=UTF-8''[\w.%-]+)?$/,
  },
  picture: {
    'content-security-policy': /^default-src 'none'; .*; sandbox$/,
    'cache-control': /no-store/,
    'content-disposition': /^inline(?:; filename="[\w.-]+")?$/,
    'content-type': /^image\/(?:jpeg|png)$/,
  },
  static: { 'content-security-policy': plainPolicy, 'cache-control': /immutable/ },
  icon: { 'content-security-policy': plainPolicy, 'cache-control': /^public, max-age=86400$/ },
  worker: {
    'content-security-policy':
      /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'$/,
    'cache-control': /no-store/,
    'content-type': /^text\/javascript; charset=utf-8$/,
  },
  other: { 'content-security-policy': plainPolicy, 'cache-control': /no-store/ },
}

const all: Record<string, RegExp> = {
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^same-origin$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
}

/** How the headers of a response differ from the table; empty if they match. */
export function problemsOf(url: string, answer: Answer): string[] {
  const { headers, body } = answer
  const kind = kindOf(url, answer)
  // Also where such an address is asked for in another way than a page is.
  const ofShare = url.startsWith('/shared/') ? { 'referrer-policy': /^no-referrer$/ } : {}
  const wrong = Object.entries({ ...all, ...table[kind], ...ofShare })
    .filter(([name, expected]) => !expected.test(headers[name] ?? ''))
    .map(([name]) => `${kind}: ${name} is ${headers[name] ?? 'absent'}`)
  const type = headers['content-type'] ?? ''
  if (body !== '' && type === '') wrong.push('a body without Content-Type')
  if (/^text\//.test(type) && !/charset=utf-8/i.test(type)) wrong.push(`no charset: ${type}`)
  if (headers['x-powered-by'] !== undefined) wrong.push('X-Powered-By')
  return kind === 'page' || kind === 'shared' ? [...wrong, ...scriptProblems(headers, body)] : wrong
}

/** Scripts and styles of a page without its nonce, and inline event handlers. */
function scriptProblems(headers: Record<string, string>, body: string): string[] {
  const nonce = /'nonce-([^']+)'/.exec(headers['content-security-policy'] ?? '')?.[1] ?? 'none'
  const tags = body.match(/<(?:script|style)\b[^>]*>/g) ?? []
  const bare = tags.filter((tag) => !tag.includes(`nonce="${nonce}"`))
  const handlers = body.match(/<[a-z][^>]*\son[a-z]+=/g) ?? []
  return [...bare, ...handlers].map((tag) => `without the nonce: ${tag.slice(0, 200)}`)
}
