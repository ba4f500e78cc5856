import { expect, test } from 'vitest'
import { reportJsonSchema } from './report-format'

test('docs/trial-report.schema.json is the schema of a report', async () => {
  await expect(`${JSON.stringify(reportJsonSchema(), null, 1)}\n`).toMatchFileSnapshot(
    '../../../../docs/trial-report.schema.json',
  )
})
