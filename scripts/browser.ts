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

/** Chromium without windows: renders a page in a third of the CPU time of the full browser. */
const shell = 'chromium-headless-shell'
const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

// A browser may lack a library, so each candidate is started once.
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
  // Playwright downloads through the proxy; this fetch does not, so it cannot check.
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

const onPath = (names: string[]) => {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name)))
}

const findInstalled = async (files: string[]) => {
  for (const file of files) if (existsSync(file) && (await starts(file))) return file
  return undefined
}

const canInstall = () => process.getuid?.() === 0 && existsSync('/etc/debian_version')

const apt = (...args: string[]) =>
  spawnSync('apt-get', ['-qq', ...['-o', 'Acquire::Retries=0'], ...args], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: downloadLimitMs,
  }).status === 0

const install = (wanted: string) =>
  apt('install', '-y', '--no-install-recommends', '--no-remove', wanted)

/** Installs Debian's headless shell in the version of an installed Chromium, so that no other package changes. */
const installShell = () => {
  const found = spawnSync('dpkg-query', ['-W', 'chromium-common'], { encoding: 'utf8' })
  const version = found.status === 0 ? found.stdout.split(/\s/)[1] : undefined
  const wanted = version ? `${shell}=${version}` : shell
  if (install(wanted)) return true
  // The package list may be outdated. If the update fails, the list may still be usable.
  apt('update')
  return install(wanted)
}

const findShell = async (say: (line: string) => void) => {
  const there = await findInstalled(onPath([shell]))
  if (there !== undefined || !canInstall()) return there
  say(`Installing Debian's ${shell} (at most two minutes) …`)
  return installShell() ? findInstalled(onPath([shell])) : undefined
}

const findFull = () => findInstalled([...onPath(commands), ...applications])

const installFull = async (say: (line: string) => void) => {
  if (!canInstall()) return undefined
  say('No browser found; trying apt-get install chromium')
  return install('chromium') ? findFull() : undefined
}

export type Browser = { executablePath: string | undefined; name: string }

/**
 * Finds the browser for the tests: Playwright's Chromium, downloaded if possible; else a headless shell on this
 * machine or from Debian; else a full browser. Each candidate is started once to check that it works.
 * @throws Error with what to install
 */
export async function findBrowser(say: (line: string) => void): Promise<Browser> {
  const own = { executablePath: undefined, name: "Playwright's own Chromium" }
  if (await starts(undefined)) return own
  if (await isReachable()) {
    say("Downloading Playwright's Chromium (at most a minute) …")
    if ((await download()) && (await starts(undefined))) return own
  }
  say("Playwright's Chromium cannot be downloaded; looking for a browser on this machine")
  const found = (await findShell(say)) ?? (await findFull()) ?? (await installFull(say))
  if (found) return { executablePath: found, name: found }
  throw new Error(
    [
      'There is no browser for the browser tests. One of these is enough:',
      '  npx playwright install --with-deps chromium     (needs the network)',
      '  apt-get install chromium                        (Debian, as root)',
      '  Google Chrome or Chromium on the PATH',
    ].join('\n'),
  )
}
