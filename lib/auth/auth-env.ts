import 'server-only'

/** What sign-in needs of the environment. Throws, naming the variable, when it is missing. */
export function authEnv(): { secret: string; baseUrl: string; origins: string[] } {
  const secret = process.env.BETTER_AUTH_SECRET
  if (!secret) throw new Error('BETTER_AUTH_SECRET is not set; `npm start` makes and keeps one.')
  const baseUrl = process.env.ONEWAY_BASE_URL ?? `http://127.0.0.1:${process.env.PORT ?? 3000}`
  return { secret, baseUrl, origins: originsOf(baseUrl) }
}

/** A lab on loopback is reached by either of its names; any other is reached by its own only. */
export function originsOf(baseUrl: string): string[] {
  const { protocol, hostname, port, origin } = new URL(baseUrl)
  const names = ['127.0.0.1', 'localhost', '[::1]']
  if (!names.includes(hostname)) return [origin]
  return names.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
}
