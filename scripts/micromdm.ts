import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './children'

const module = 'github.com/micromdm/micromdm'
const version = 'v1.13.1'
const folder = path.join(root, '.oneway-micromdm')

const go = (...args: string[]) => spawnSync('go', args, { cwd: folder, encoding: 'utf8' })

/**
 * Finds a real MicroMDM: MICROMDM_BIN, or a binary that Go builds once. It is built in a module of its own,
 * because `go install` by version needs a list of versions, which some module proxies do not provide.
 * @returns the path of the binary, or undefined if there is neither
 */
export function findMicromdm(): string | undefined {
  if (process.env.MICROMDM_BIN) return process.env.MICROMDM_BIN
  const built = path.join(folder, process.platform === 'win32' ? 'micromdm.exe' : 'micromdm')
  if (existsSync(built)) return built
  mkdirSync(folder, { recursive: true })
  if (go('version').status !== 0) return undefined
  console.log(`· go build ${module}/cmd/micromdm ${version}`)
  writeFileSync(
    path.join(folder, 'go.mod'),
    `module micromdm-test\n\nrequire ${module} ${version}\n`,
  )
  const build = go('build', '-mod=mod', '-o', built, `${module}/cmd/micromdm`)
  if (build.status === 0) return built
  console.error(build.stderr)
  return undefined
}
