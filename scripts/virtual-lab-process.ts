import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import path from 'node:path'
import { virtualLabSlug } from '@/lib/demo/seed'
import { paths } from '@/lib/paths'
import { type Child, smallHeap, startNode, waitUntil } from './children'
import { keepVirtualLabPort, readSecrets } from './secrets'

export type VirtualLab = { url: string; port: number; apiKey: string; hmacKey: string }

/** Returns the port if it is free; for 0, any free port. */
const findPort = (port: number) =>
  new Promise<number | undefined>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : undefined
      server.close(() => resolve(found))
    })
  })

/**
 * Below the ports that a system hands out by itself (Linux: from 32768; macOS and Windows: from 49152). One of those may be
 * given to another server or connection before it is listened on, and while its own server is down for a restart.
 */
const ownPorts = { from: 20_000, below: 32_768 }

/** A free port on 127.0.0.1, for a server that begins to listen there later. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = await findPort(randomInt(ownPorts.from, ownPorts.below))
    if (port !== undefined) return port
  }
  throw new Error('127.0.0.1 has no free port')
}

/** The address and keys of a data folder's virtual lab; keeps the last port if it is free. */
export async function planVirtualLab(dataDir: string): Promise<VirtualLab> {
  const { virtualLabPort, virtualLabApiKey, virtualLabHmacKey } = readSecrets(dataDir)
  const last = virtualLabPort === undefined ? undefined : await findPort(virtualLabPort)
  const port = last ?? (await findFreePort())
  if (port !== virtualLabPort) keepVirtualLabPort(dataDir, port)
  const url = `http://127.0.0.1:${port}`
  return { url, port, apiKey: virtualLabApiKey, hmacKey: virtualLabHmacKey }
}

/** The folder in which the app's virtual lab stores its devices. */
export const virtualLabFolder = (dataDir: string): string => path.join(dataDir, 'virtual-lab')

/** The environment for folder, keys and webhook; the caller adds speed and seed. */
const environmentOf = (lab: VirtualLab, dataDir: string, appUrl: string) => ({
  VIRTUAL_LAB_HOST: '127.0.0.1',
  VIRTUAL_LAB_PORT: String(lab.port),
  VIRTUAL_LAB_STATE: virtualLabFolder(dataDir),
  VIRTUAL_LAB_WEBHOOK_URL: `${appUrl}${paths.webhook(virtualLabSlug)}`,
  VIRTUAL_LAB_API_KEY: lab.apiKey,
  VIRTUAL_LAB_HMAC_KEY: lab.hmacKey,
})

/** Starts the virtual lab and waits until it listens. Its output is not shown until `show()`. */
export async function startVirtualLab(
  lab: VirtualLab,
  options: { dataDir: string; appUrl: string; env: NodeJS.ProcessEnv },
  begin: (child: Child) => void,
): Promise<Child> {
  const args = [smallHeap, '--import', 'tsx', path.join('lib', 'virtual-lab', 'main.ts')]
  const env = { ...options.env, ...environmentOf(lab, options.dataDir, options.appUrl) }
  const child = startNode('The virtual lab', args, env)
  begin(child)
  await waitUntil(child, () => child.output().includes('virtual lab listening on'), 120_000)
  return child
}
