// `npm run test:attachments`: moves files to a real S3 server on loopback, with kills, and takes a photo and a recording
// as iPhones make them through upload, preview and the removal of their place. The server needs VERSITYGW_BIN, or Go to
// install it; the photo and the program that makes the recording come from PyPI. Prints what was not run.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { root } from './children'
import { findGoProgram } from './go-program'

const home = path.join(root, '.oneway-attachments')
const gateway = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0'
/** Its tests hold a photo of an arrow, taken with an iPhone 8 Plus, that has no place. */
const photoPackage = 'pillow-heif==1.8.1'
const photoInside = 'pillow_heif-1.8.1/tests/images/heif_other/arrow.heic'
/** It brings ffmpeg. */
const recorderPackage = 'imageio-ffmpeg==0.8.1'

mkdirSync(home, { recursive: true })

function run(command: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: home,
    encoding: 'utf8',
  })
  if (status === 0) return stdout
  if (!error) console.error(stderr.trim())
  return undefined
}

/** The photo and ffmpeg, as the environment of the tests. */
function findIphoneFiles(): Record<string, string> | undefined {
  const python = path.join(home, 'python', 'bin', 'python')
  const photo = path.join(home, photoInside)
  if (!existsSync(python) && run('python3', ['-m', 'venv', 'python']) === undefined)
    return undefined
  const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check']
  if (!existsSync(photo)) {
    console.log(`· the photo of ${photoPackage}`)
    const source = ['download', '--no-deps', '--no-binary', ':all:', photoPackage]
    if (run(python, [...pip, ...source]) === undefined) return undefined
    if (run('tar', ['xzf', 'pillow_heif-1.8.1.tar.gz', photoInside]) === undefined) return undefined
  }
  if (run(python, [...pip, 'install', recorderPackage]) === undefined) return undefined
  const where = 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())'
  const ffmpeg = run(python, ['-c', where])?.trim()
  return ffmpeg ? { IPHONE_PHOTO: photo, FFMPEG_BIN: ffmpeg } : undefined
}

const server = findGoProgram({
  ...{ variable: 'VERSITYGW_BIN', folder: home, name: 'versitygw', source: gateway },
})
if (!server) console.log('Not run on a real S3 server: no VERSITYGW_BIN, and no Go to install it.')
const files = findIphoneFiles()
if (!files) console.log('Not run with files of an iPhone: no python3 with venv, or no registry.')
if (!server && !files) process.exit(77)
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.attachments.config.ts', ...process.argv.slice(2)],
  {
    ...{ cwd: root, stdio: 'inherit' },
    env: { ...process.env, ...files, ...(server ? { VERSITYGW_BIN: server } : {}) },
  },
)
process.exit(status ?? 1)
