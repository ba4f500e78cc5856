const loopback = ['127.0.0.1', 'localhost', '[::1]']

/** A lab on loopback is reached by each of its names; any other is reached by its own only. */
export function originsOf(baseUrl: string): string[] {
  const { protocol, hostname, port, origin } = new URL(baseUrl)
  if (!loopback.includes(hostname)) return [origin]
  return loopback.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
}

/**
 * Whether a Host header names this lab. Without this, a page whose own name is pointed at the lab's
 * address reads what a browser may read there (DNS rebinding). The port is not compared: a proxy may leave
 * it out (`$host` of nginx), and whoever answers at another port of this name is reached by cookies anyway.
 */
export function isOwnHost(host: string | undefined, baseUrl: string): boolean {
  const name = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{0,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase()
  const { hostname } = new URL(baseUrl)
  if (name === undefined) return false
  return name === hostname || (loopback.includes(name) && loopback.includes(hostname))
}

/** What to do where the address is not this lab's own. */
export const whereToOpen = (baseUrl: string) =>
  `Open this lab at ${baseUrl}, or set ONEWAY_BASE_URL to the address you use.`
