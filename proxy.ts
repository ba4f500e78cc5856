import { type NextRequest, NextResponse } from 'next/server'

/**
 * Tells pages their own address, so that sign-in can lead back to it. It guards nothing: who may see
 * or do what is decided in every page, action and route handler.
 */
export function proxy(request: NextRequest) {
  const headers = new Headers(request.headers)
  headers.set('x-oneway-path', `${request.nextUrl.pathname}${request.nextUrl.search}`)
  return NextResponse.next({ request: { headers } })
}

// The API, the webhook above all, goes without: it costs time and a redirect would lose an event.
export const config = { matcher: '/((?!api/|_next/|.*\\.(?:ico|svg|png)$).*)' }
