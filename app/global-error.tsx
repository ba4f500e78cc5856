'use client'

/** When even the layout cannot be drawn, most often because the database cannot be reached. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body style={{ fontFamily: 'system-ui, sans-serif', maxWidth: 560, margin: '10vh auto' }}>
        <title>Oneway cannot be shown</title>
        <h1>Oneway cannot be shown</h1>
        <p>
          Its server runs, but something it needs does not: most often the database cannot be
          reached. Nothing that was recorded is lost. Look into the server’s log, then load this
          page again.
        </p>
      </body>
    </html>
  )
}
