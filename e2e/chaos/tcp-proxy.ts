import { connect, createServer, type Socket } from 'node:net'

/** What happens on the wire; bytes are counted on each connection by itself. */
export type TcpFault =
  | { kind: 'pass' }
  /** For the test's own use: the proxy is closed and nobody listens. */
  | { kind: 'refuse' }
  /** So many bytes of the request reach the server, then both sides are reset. */
  | { kind: 'cutRequest'; afterBytes: number }
  /** The whole request passes; so many bytes of the answer come back, then a reset. */
  | { kind: 'cutAnswer'; afterBytes: number }
  /** … then silence on an open connection. */
  | { kind: 'stallAnswer'; afterBytes: number }
  /** … then an orderly end, as if that had been all. */
  | { kind: 'halfCloseAnswer'; afterBytes: number }

export type TcpProxy = { url: string; fault: TcpFault; close(): Promise<void> }

/** Stands between the program and an MDM server and breaks connections as it is told. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // Resets are what it is for.
    socket.on('error', () => undefined)
    return socket
  }
  const server = createServer((client) => {
    keep(client)
    relay(proxy.fault, client, keep(connect(Number(port), hostname)))
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  proxy.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
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

/** Passes bytes on until the limit is reached, then tells once and passes no more. */
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
