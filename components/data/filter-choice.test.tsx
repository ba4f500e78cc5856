import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Choice, Day, SearchField } from './filter-choice'

const nothing = () => undefined
const search = { text: '', type: nothing, empty: nothing }

test.each([
  ['a choice', <Choice key="a" label="Platform" data={['iOS']} value={undefined} on={nothing} />],
  ['a day', <Day key="b" label="From" value={undefined} on={nothing} />],
  [
    'the search',
    <SearchField
      key="c"
      {...{ label: 'Search', placeholder: 'T-12', flex: '1', search, pending: false }}
    />,
  ],
])('%s of a list takes nothing as the server sends it: it would be lost', (_what, field) => {
  const html = renderToStaticMarkup(<MantineProvider>{field}</MantineProvider>)
  const inputs = [...html.matchAll(/<input [^>]*>/g)]
    .map(([input]) => input)
    .filter((input) => !input.includes('type="hidden"'))
  expect(inputs).toHaveLength(1)
  expect(inputs[0]).toContain(' disabled=""')
})
