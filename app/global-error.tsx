'use client'

import { useEffect } from 'react'

const retryMs = 10_000

/** When even the layout cannot be drawn, most often because the database does not answer. */
export default function GlobalError() {
  useEffect(() => {
    const timer = setTimeout(() => window.location.reload(), retryMs)
    return () => clearTimeout(timer)
  }, [])
  return (
    <html lang="en">
      <body style={{ fontFamily: 'system-ui, sans-serif', maxWidth: 560, margin: '10vh auto' }}>
        <title>Oneway cannot be shown</title>
        <meta name="color-scheme" content="light dark" />
        <main>
          <h1>Oneway cannot be shown</h1>
          <p>
            Its server runs, but something it needs does not: most often the database is stopped,
            cannot be reached, or did not answer in time.
          </p>
          <p>
            Nothing that was recorded is lost, and no command is repeated. This page is loaded again
            every ten seconds; what you typed into a form comes back with it, except passwords and
            short forms such as an invitation. If it persists, look in the server’s log.
          </p>
          <button type="button" onClick={() => window.location.reload()}>
            Load it again now
          </button>
        </main>
      </body>
    </html>
  )
}
