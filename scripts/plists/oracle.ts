import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { root } from '../children'
import { isBinaryPlist, type Typed } from './typed'

/** plistlib's result for a plist. */
export type OracleAnswer = { refused: string } | { value: Typed }

export type Oracle = {
  /** Of Python, such as "Python 3.13.5". */
  version: string
  ask(plists: Uint8Array[]): Promise<OracleAnswer[]>
  close(): void
}

const program = path.join(root, 'scripts', 'plists', 'oracle.py')

const answerSchema = z.union([
  z.object({ refused: z.string() }),
  z.object({ value: z.custom<Typed>((value) => Array.isArray(value)) }),
])

/** Starts a python3 process that reads plists until it is closed; undefined if there is no python3. */
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
      const results: OracleAnswer[] = []
      for (const _ of plists) {
        const next = await answers.next()
        if (next.done) throw new Error('python3 ended before it had answered')
        results.push(next.value)
      }
      return results
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
  let pending = Buffer.alloc(0)
  for await (const chunk of stdout) {
    pending = Buffer.concat([pending, chunk])
    let at = 0
    while (pending.length >= at + 4 && pending.length >= at + 4 + pending.readUInt32BE(at)) {
      const end = at + 4 + pending.readUInt32BE(at)
      yield answerSchema.parse(JSON.parse(pending.toString('utf8', at + 4, end)))
      at = end
    }
    pending = pending.subarray(at)
  }
}
