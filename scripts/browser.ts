import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { root } from './children'

export const chromiumFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  // Chromium's own sandbox refuses root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

const downloadLimitMs = 60_000
const reachLimitMs = 4000
const downloadHost = process.env.PLAYWRIGHT_DOWNLOAD_HOST ?? 'https://cdn.playwright.dev'

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

// A file that is there may still lack a library, so each candidate is really started once.
const starts = async (executablePath: string | undefined) => {
  try {
    const options = executablePath === undefined ? {} : { executablePath }
    const browser = await chromium.launch({ ...options, args: chromiumFlags, timeout: 30_000 })
    await browser.close()
    return true
  } catch {
    return false
  }
}

const isReachable = async () => {
  // Playwright downloads through a proxy, this fetch does not, so it cannot tell.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return true
  try {
    await fetch(downloadHost, { method: 'HEAD', signal: AbortSignal.timeout(reachLimitMs) })
    return true
  } catch {
    return false
  }
}

const download = () =>
  new Promise<boolean>((resolve) => {
    const cli = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js')
    const args = [cli, 'install', '--only-shell', 'chromium']
    const child = spawn(process.execPath, args, { stdio: 'ignore', timeout: downloadLimitMs })
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
  })

const listInstalled = () => {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const files = folders.flatMap((folder) => commands.map((name) => path.join(folder, name)))
  return [...files, ...applications].filter((file) => existsSync(file))
}

const findInstalled = async () => {
  for (const file of listInstalled()) if (await starts(file)) return file
  return undefined
}

const installByApt = () => {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false
  const run = (args: string[]) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  // An old list names packages that are gone; a failed update may still leave a usable one.
  run(['update', '-qq'])
  return run(['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
}

export type Browser = { executablePath: string | undefined; name: string }

/**
 * The browser for the tests: Playwright's own Chromium, downloaded where it can be; else one of this
 * machine; else Debian's, installed. Each is started once before it is believed.
 * @throws Error that says exactly what to install
 */
export async function findBrowser(say: (line: string) => void): Promise<Browser> {
  const own = { executablePath: undefined, name: "Playwright's own Chromium" }
  if (await starts(undefined)) return own
  if (await isReachable()) {
    say("Downloading Playwright's Chromium (at most a minute) …")
    if ((await download()) && (await starts(undefined))) return own
  }
  say("Playwright's Chromium is not to be had here; looking for one on this machine")
  const installed = await findInstalled()
  if (installed) return { executablePath: installed, name: installed }
  say('None here; trying apt-get install chromium')
  const added = installByApt() ? await findInstalled() : undefined
  if (added) return { executablePath: added, name: added }
  throw new Error(
    [
      'There is no browser for the browser tests. One of these is enough:',
      '  npx playwright install --with-deps chromium     (needs the network)',
      '  apt-get install chromium                        (Debian, as root)',
      '  Google Chrome or Chromium on the PATH',
    ].join('\n'),
  )
}
