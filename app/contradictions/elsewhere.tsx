import { Box, Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { OtherLabsNote } from '@/components/data/other-labs-note'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { SeenContradiction } from '@/lib/db/queries/other-labs-seen'
import { contradictionInfo } from '@/lib/domain/contradiction/finding'
import { seenInWords } from '@/lib/domain/report/other-labs'
import { byValue } from '@/lib/domain/trial/factors'
import { paths } from '@/lib/paths'

const versionsOf = ({ versions }: SeenContradiction) =>
  versions.toSorted(byValue('version')).join(', ')

type SeenByProps = { fingerprint: string; labs: number; seen: readonly SeenContradiction[] }

/** Beside the devices of this lab, the labs that saw the same; nothing where no lab has sent a report. */
export function SeenBy({ fingerprint, labs, seen }: SeenByProps) {
  if (labs === 0) return null
  const found = seen.find((one) => one.fingerprint === fingerprint)
  const words = `seen ${seenInWords(found?.labs ?? [], labs)}`
  return <OtherLabsNote>{found ? `${words} on ${versionsOf(found)}` : words}</OtherLabsNote>
}

/** What other labs saw and this one did not. */
export function OnlyElsewhere({ seen }: { seen: readonly SeenContradiction[] }) {
  if (seen.length === 0) return null
  return (
    <Box component="section" mt="xl" aria-label="Seen by other labs only">
      <Title order={2} size="h4">
        Seen by other labs only
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        From <TextLink href={paths.otherLabs()}>reports that other labs sent</TextLink>, which are
        not verified here. These are numbers of trials, as the reports identify no device.
      </Text>
      <table className={classes.table} aria-label="Seen by other labs only">
        <TableHead labels={['What', 'Seen']} />
        <tbody>
          {seen.map((one) => (
            <tr key={JSON.stringify([one.requestType, one.path, one.kind, one.observed])}>
              <td data-label="What">
                <div>
                  {contradictionInfo[one.kind].label}, {one.requestType}: <code>{one.path}</code>,{' '}
                  {one.observed === null ? (
                    'its value was left out'
                  ) : (
                    <UserText>{one.observed}</UserText>
                  )}
                </div>
              </td>
              <td data-label="Seen">
                <OtherLabsNote>
                  {`in ${one.trials === 1 ? '1 trial' : `${one.trials} trials`}, ${seenInWords(one.labs, one.labs.length)}, on ${versionsOf(one)}`}
                </OtherLabsNote>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  )
}
