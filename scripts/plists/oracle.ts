import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { root } from '../children'
import { isBinaryPlist, type Typed } from './typed'

/** What Python's plistlib makes of a plist. */
export type OracleAnswer = { refused: string } | { value: Typed }

export type Oracle = {
  /** Which plistlib speaks. */
  version: string
  ask(plists: Uint8Array[]): Promise<OracleAnswer[]>
  close(): void
}

const program = path.join(root, 'scripts', 'plists', 'oracle.py')

const answerSchema = z.union([
  z.object({ refused: z.string() }),
  z.object({ value: z.custom<Typed>((value) => Array.isArray(value)) }),
])

/** Starts one python3 that answers until it is closed; undefined where there is none. */
export function startOracle(): Oracle | undefined {
  const found = spawnSync(
    'python3',
    ['-c', 'import plistlib, sys; print(sys.version.split()[0])'],
    {
      encoding: 'utf8',
    },
  )
  if (found.status !== 0) return undefined
  const child = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = readAnswers(child.stdout)
  return {
    version: `Python ${found.stdout.trim()}`,
    async ask(plists) {
      child.stdin.write(Buffer.concat(plists.flatMap(framed)))
      const given: OracleAnswer[] = []
      for (const _ of plists) {
        const next = await answers.next()
        if (next.done) throw new Error('python3 ended before it had answered')
        given.push(next.value)
      }
      return given
    },
    close: () => child.stdin.end(),
  }
}

const framed = (plist: Uint8Array): Uint8Array[] => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(plist.byteLength)
  head.write(isBinaryPlist(plist) ? 'b' : 'x', 4, 'latin1')
  return [head, plist]
}

async function* readAnswers(stdout: Readable): AsyncGenerator<OracleAnswer> {
  let kept = Buffer.alloc(0)
  for await (const chunk of stdout) {
    kept = Buffer.concat([kept, chunk])
    let at = 0
    while (kept.length >= at + 4 && kept.length >= at + 4 + kept.readUInt32BE(at)) {
      const end = at + 4 + kept.readUInt32BE(at)
      yield answerSchema.parse(JSON.parse(kept.toString('utf8', at + 4, end)))
      at = end
    }
    kept = kept.subarray(at)
  }
}
