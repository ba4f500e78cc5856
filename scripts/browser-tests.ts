import { spawn } from 'node:child_process'
import path from 'node:path'
import { findBrowser } from './browser'
import { root } from './children'
import { runScript } from './database'

const runPlaywright = (executablePath: string | undefined) =>
  new Promise<number>((resolve, reject) => {
    const cli = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js')
    const child = spawn(process.execPath, [cli, 'test', ...process.argv.slice(2)], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ONEWAY_CHROMIUM: executablePath ?? '' },
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })

await runScript(async () => {
  const browser = await findBrowser((line) => console.log(`· ${line}`))
  console.log(`· Browser: ${browser.name}`)
  process.exitCode = await runPlaywright(browser.executablePath)
})
