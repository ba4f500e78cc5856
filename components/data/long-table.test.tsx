import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { LongTable } from './long-table'

const html = (count: number) =>
  renderToStaticMarkup(
    <LongTable
      labels={['Version']}
      what="versions"
      rows={Array.from({ length: count }, (_, at) => (
        <tr key={at}>
          <td>row {at + 1}</td>
        </tr>
      ))}
    />,
  )

test('a long table has every row, and a box that shows them on a phone', () => {
  expect(html(7)).toContain('Show all 7 versions')
  expect(html(7)).toContain('row 7')
})

test('one that a phone shows whole has no box', () => {
  expect(html(6)).not.toContain('checkbox')
})
