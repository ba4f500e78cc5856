'use client'

import { Table, TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
import { UserText } from '@/components/data/text'

/** What the engineer saw and what is so now, for each difference. */
export const DifferencesTable = ({ sentences }: { sentences: string[] }) => (
  <Table fz="sm" verticalSpacing={2} horizontalSpacing={6}>
    <TableThead>
      <TableTr>
        <TableTh>What</TableTh>
        <TableTh>You saw</TableTh>
        <TableTh>Now</TableTh>
      </TableTr>
    </TableThead>
    <TableTbody>
      {sentences.map((sentence) => (
        <Row key={sentence} sentence={sentence} />
      ))}
    </TableTbody>
  </Table>
)

function Row({ sentence }: { sentence: string }) {
  const difference = readDifference(sentence)
  if (!difference)
    return (
      <TableTr>
        <TableTd colSpan={3}>{sentence}</TableTd>
      </TableTr>
    )
  return (
    <TableTr>
      <TableTh scope="row" fw={500}>
        {difference.what}
      </TableTh>
      <TableTd>
        <UserText>{difference.was}</UserText>
      </TableTd>
      <TableTd>
        <UserText>{difference.is}</UserText>
      </TableTd>
    </TableTr>
  )
}

/** One thing that is no longer what the engineer saw. */
type Difference = { what: string; was: string; is: string }

/**
 * Takes a sentence of `differences` apart, "Battery: 0.9 → 0.1", so that the two stand side by side.
 * Undefined for a sentence of another form, which is then shown as it is.
 */
export function readDifference(sentence: string): Difference | undefined {
  const [, what, was, is] = /^([^:]*): ([^→]*) → (.*)$/s.exec(sentence) ?? []
  return what === undefined || was === undefined || is === undefined ? undefined : { what, was, is }
}
