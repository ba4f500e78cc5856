import {
  Alert,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
} from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'

/** Why this press released nothing, although it was not refused. */
export type Unreleased =
  | { status: 'alreadyReleased'; by: string; at: Date; state: string }
  | { status: 'changed'; differences: string[] }

export function ReleaseAnswer({ answer }: { answer: Unreleased }) {
  if (answer.status === 'alreadyReleased')
    return (
      <Refusal title="Already released" reason={`${answer.by} released it; it is ${answer.state}.`}>
        <When at={answer.at} exact />. Nothing was sent a second time.
      </Refusal>
    )
  return (
    <Alert
      role="alert"
      color="orange"
      variant="outline"
      title="Not released: something has changed"
      w="100%"
    >
      <Table fz="sm" verticalSpacing={2} horizontalSpacing={6}>
        <TableThead>
          <TableTr>
            <TableTh>What</TableTh>
            <TableTh>You saw</TableTh>
            <TableTh>Now</TableTh>
          </TableTr>
        </TableThead>
        <TableTbody>
          {answer.differences.map((sentence) => (
            <Row key={sentence} sentence={sentence} />
          ))}
        </TableTbody>
      </Table>
      <Text size="sm" mt="xs">
        The findings below are current. Check them, then release again.
      </Text>
    </Alert>
  )
}

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
