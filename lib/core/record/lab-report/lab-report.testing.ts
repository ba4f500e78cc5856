import { createHash, randomUUID } from 'node:crypto'
import { zipSync } from 'fflate'
import type { LabManifest, LabTrial } from '@/lib/domain/report/lab-report'
import { later } from '../../testing/people'
import { bytesOfTrials } from './lab-trials'

const hash = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('hex')

export type OfAnotherLab = {
  /** Tells one lab from another. */
  lab?: string
  name?: string
  trials: readonly LabTrial[]
  madeAt?: Date
  environment?: 'real' | 'simulated'
  /** Alters the manifest after the rows were hashed. */
  forge?: (manifest: LabManifest) => object
}

/** For tests: the file that another lab would have made of these rows. */
export function fileOfAnotherLab(of: OfAnotherLab): Uint8Array {
  const { lab = 'a', name = `Lab ${lab}`, trials, environment = 'simulated' } = of
  const rows = bytesOfTrials(trials)
  const manifest: LabManifest = {
    ...{ format: 'oneway-lab-report', version: 1, id: randomUUID(), name: 'F-1' },
    lab: { id: hash(lab), name },
    environment,
    mark: environment === 'simulated' ? 'SIMULATED' : null,
    frozenAt: (of.madeAt ?? later(5000)).toISOString(),
    trials: trials.map(({ trial }) => trial),
    files: [{ name: 'trials.json', bytes: rows.length, sha256: hash(rows) }],
  }
  return zipOf(of.forge?.(manifest) ?? manifest, rows)
}

/** For tests: the two files as a ZIP, whatever they are. */
export const zipOf = (manifest: unknown, rows: Uint8Array): Uint8Array =>
  zipSync({
    'manifest.json': new TextEncoder().encode(JSON.stringify(manifest)),
    'trials.json': rows,
  })

/** For tests: a row as another lab would send it, of an update that was installed. */
export const usualRow: LabTrial = {
  trial: '0'.repeat(32),
  ...{ platform: 'iOS', model: 'iPhone8,1', startOs: '11.4', startBuild: '15F79' },
  ...{ target: '12.1', action: 'Default,Default', releasedOn: '2026-03-02' },
  ...{ end: 'changed', endOs: '12.1', endBuild: '16B92', primaryOutcome: 'installed' },
  ...{ outcome: 'installedAsExpected', overruled: false, againstBuilds: false, review: 'locked' },
  ...{ passcode: 'set', power: 'connected', battery: 'from80', network: 'wifi' },
  treatment: 'naive',
  contradictions: [
    {
      ...{ requestType: 'OSUpdateStatus', path: 'OSUpdateStatus[].IsDownloaded' },
      ...{ kind: 'typeDiffers', observed: 'integer', osVersion: '11.4' },
    },
  ],
  contradictionsLeftOut: 0,
}

/** For tests: the same row as of another trial, changed. */
export const rowLike = (row: LabTrial, key: string, but: Partial<LabTrial> = {}): LabTrial => ({
  ...{ ...row, ...but },
  trial: hash(key).slice(0, 32),
})
