import { expect, test } from 'vitest'
import { labForms } from '@/lib/domain/report/lab-report'
import { labReportJsonSchema } from './lab-report-format'

test('docs/lab-report.schema.json is the schema of a report for other labs', async () => {
  await expect(`${JSON.stringify(labReportJsonSchema(), null, 1)}\n`).toMatchFileSnapshot(
    '../../../../docs/lab-report.schema.json',
  )
})

test.each([
  ['model', 'iPad4,1', true],
  ['model', "Erin's iPad", false],
  ['target', '12.1', true],
  ['target', 'iOSUpdate16B92', true],
  ['target', 'ask Erin first', false],
  ['action', 'Default,InstallASAP', true],
  ['action', 'Default,Erin', false],
  ['version', '26.3.1 (a)', true],
  ['version', '16B92', false],
  ['build', '23D771330a', true],
  ['build', 'F9FZK2L1HG6F', false],
  ['path', '(reply)', true],
  ['path', 'OSUpdateStatus[].IsDownloaded', true],
  ['path', 'Queries["a key: of Erin"]', false],
  ['path', 'C39K2L1HG6F', false],
  ['observed', 'integer', true],
  ['observed', '"Quux"', true],
  ['observed', 'Error MCMDMErrorDomain 12040', true],
  ['observed', 'Error, and then the update started', true],
  ['observed', 'a real above 1', true],
  ['observed', '"C39K2L1HG6F"', false],
  ['observed', '356938035643809', false],
] as const)('%s %s: %s', (form, text, accepted) => {
  expect(labForms[form].test(text)).toBe(accepted)
})
