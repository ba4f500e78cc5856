import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

type GoProgram = {
  /** The environment variable that names one which is there already. */
  variable: string
  /** Where Go puts it. */
  folder: string
  name: string
  /** The package with its version, as `go install` takes it. */
  source: string
}

/** The path of a program of Go: the one that the variable names, or one that Go installs once; undefined without Go. */
export function findGoProgram({ variable, folder, name, source }: GoProgram): string | undefined {
  const given = process.env[variable]
  if (given) return given
  const built = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name)
  if (existsSync(built)) return built
  if (spawnSync('go', ['version']).status !== 0) return undefined
  console.log(`· go install ${source}`)
  const env = { ...process.env, GOBIN: folder }
  const { status, stderr } = spawnSync('go', ['install', source], { encoding: 'utf8', env })
  if (status === 0) return built
  console.error(stderr)
  return undefined
}
