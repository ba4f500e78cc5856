import { connect, createServer, type Socket } from 'node:net'
import { listenAtNewAddress } from './new-address'

/** What happens to a connection; bytes are counted per connection. */
export type TcpFault =
  | { kind: 'pass' }
  /** The test closes the proxy, so that connections are refused. */
  | { kind: 'refuse' }
  /** Both sides are reset after `afterBytes` of the request. */
  | { kind: 'cutRequest'; afterBytes: number }
  /** Both sides are reset after `afterBytes` of the answer. */
  | { kind: 'cutAnswer'; afterBytes: number }
  /** After `afterBytes` of the answer nothing more comes, on an open connection. */
  | { kind: 'stallAnswer'; afterBytes: number }
  /** After `afterBytes` of the answer the connection ends in order, as if it were complete. */
  | { kind: 'halfCloseAnswer'; afterBytes: number }

export type TcpProxy = { url: string; fault: TcpFault; close(): Promise<void> }

/** Starts a proxy to an MDM server that breaks connections on demand. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const track = (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // Resets are expected.
    socket.on('error', () => undefined)
    return socket
  }
  const server = createServer((client) => {
    track(client)
    relay(proxy.fault, client, track(connect(Number(port), hostname)))
  })
  const proxy: TcpProxy = {
    url: '',
    fault: { kind: 'pass' },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        if (!server.listening) return resolve()
        server.close(() => resolve())
      }),
  }
  proxy.url = await listenAtNewAddress(server)
  return proxy
}

function relay(fault: TcpFault, client: Socket, server: Socket): void {
  const cut = () => {
    client.resetAndDestroy()
    server.resetAndDestroy()
  }
  const request = fault.kind === 'cutRequest' ? fault.afterBytes : Number.POSITIVE_INFINITY
  const answer = 'afterBytes' in fault && fault.kind !== 'cutRequest' ? fault.afterBytes : undefined
  forward(client, server, request, cut)
  forward(server, client, answer ?? Number.POSITIVE_INFINITY, () => {
    if (fault.kind === 'cutAnswer') cut()
    if (fault.kind === 'halfCloseAnswer') client.end()
  })
  client.on('close', () => server.destroy())
  server.on('close', () => fault.kind === 'pass' && client.destroySoon())
}

/** Forwards `limit` bytes, then calls `atLimit` once and drops the rest. */
function forward(from: Socket, to: Socket, limit: number, atLimit: () => void): void {
  let left = limit
  from.on('data', (chunk) => {
    if (left < 0 || typeof chunk === 'string') return
    const part = chunk.subarray(0, Math.min(left, chunk.byteLength))
    if (part.byteLength > 0 && !to.destroyed) to.write(part)
    left -= chunk.byteLength
    if (left > 0) return
    left = -1
    atLimit()
  })
}
