import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { studyForms } from '@/lib/domain/export/study'
import { paths } from '@/lib/paths'
import { ExportLinks } from './export-links'

test('each file is offered for programs and, with a byte order mark, for Excel, under the same filter', () => {
  const html = renderToStaticMarkup(
    <MantineProvider>
      <ExportLinks
        title="Export as filtered"
        links={[
          { name: 'trials', href: (form) => paths.exportTrials({ state: 'concluded', ...form }) },
          { name: 'data dictionary', href: paths.exportDictionary },
        ]}
      />
    </MantineProvider>,
  )
  const hrefs = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href?.replace('&amp;', '&'))
  expect(hrefs).toEqual([
    '/api/exports/trials?state=concluded',
    '/api/exports/dictionary',
    '/api/exports/trials?state=concluded&bom=1',
    '/api/exports/dictionary?bom=1',
  ])
  expect(html).toContain('trials for Excel')
})

test('a file with other forms is offered in each of them, under the same filter', () => {
  const html = renderToStaticMarkup(
    <MantineProvider>
      <ExportLinks
        title="Export as filtered"
        links={[
          {
            name: 'trials',
            href: (form) => paths.exportTrials({ state: 'concluded', ...form }),
            forms: studyForms,
          },
        ]}
      />
    </MantineProvider>,
  )
  for (const [form, label] of [
    ['odm', 'ODM-XML'],
    ['dataset-json', 'Dataset-JSON'],
    ['json', 'JSON'],
  ]) {
    expect(html).toContain(`href="/api/exports/trials?state=concluded&amp;as=${form}"`)
    expect(html).toContain(`trials as ${label}`)
  }
})
