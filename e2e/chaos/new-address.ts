import type { Server } from 'node:net'

const used = new Set<number>()

/**
 * Listens at an address that no earlier server of this process had. The system gives a closed server's port out again,
 * and a lab takes a server at the same address for the one it knows: silent or stopped, as an earlier test left it.
 * @returns its URL
 */
export async function listenAtNewAddress(server: Server): Promise<string> {
  for (;;) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    if (!used.has(port)) {
      used.add(port)
      return `http://127.0.0.1:${port}`
    }
    await new Promise((resolve) => server.close(resolve))
  }
}
