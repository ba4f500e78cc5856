import { runScript } from './database'
import { build, isBuilt } from './next-build'

await runScript(async () => {
  if (process.argv.includes('--if-changed') && isBuilt()) {
    console.log('The build is up to date.')
    return
  }
  await build((child) => child.show())
})
