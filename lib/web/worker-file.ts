import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where browsers ask for the service worker. */
export const workerPath = '/sw.js'

/**
 * The service worker of a build, which a browser takes for a new one when the build is.
 * @param buildFolder Next's folder, whose BUILD_ID names the build
 */
export function readWorker(buildFolder: string): string {
  const build = readFileSync(join(buildFolder, 'BUILD_ID'), 'utf8').trim()
  const text = readFileSync(new URL('./offline-worker.js', import.meta.url), 'utf8')
  return `const BUILD = ${JSON.stringify(build)}\n${text}`
}
