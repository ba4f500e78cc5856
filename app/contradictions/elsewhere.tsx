import { Box, Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { OtherLabsNote } from '@/components/data/other-labs-note'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { Db } from '@/lib/db/client'
import {
  countOtherLabs,
  findSeenContradictions,
  listSeenContradictions,
  type SeenContradiction,
} from '@/lib/db/queries/other-labs-seen'
import { contradictionInfo } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import { seenInWords } from '@/lib/domain/report/other-labs'
import { byValue } from '@/lib/domain/trial/factors'
import { paths } from '@/lib/paths'

const versionsOf = ({ versions }: SeenContradiction) =>
  versions.toSorted(byValue('version')).join(', ')

/** How many other labs sent a report, what they saw of what this lab saw, by fingerprint, and what this one did not see. */
export type Elsewhere = {
  labs: number
  seen: ReadonlyMap<string, SeenContradiction>
  only: readonly SeenContradiction[]
}

/** @param fingerprints of the contradictions that this lab shows */
export async function readElsewhere(
  db: Db,
  environment: Environment,
  fingerprints: readonly string[],
): Promise<Elsewhere> {
  const labs = await countOtherLabs(db, environment)
  if (labs === 0) return { labs, seen: new Map(), only: [] }
  const [seen, all] = await Promise.all([
    findSeenContradictions(db, environment, fingerprints),
    listSeenContradictions(db, environment),
  ])
  return { labs, seen, only: all.filter(({ here }) => !here) }
}

type SeenByProps = { fingerprint: string; elsewhere: Elsewhere }

/** Beside the devices of this lab, the labs that saw the same; nothing where no lab has sent a report. */
export function SeenBy({ fingerprint, elsewhere: { labs, seen } }: SeenByProps) {
  if (labs === 0) return null
  const found = seen.get(fingerprint)
  const words = `seen ${seenInWords(found?.labs ?? [], labs)}`
  return <OtherLabsNote>{found ? `${words} on ${versionsOf(found)}` : words}</OtherLabsNote>
}

/** What other labs saw and this one did not. */
export function OnlyElsewhere({ only }: Pick<Elsewhere, 'only'>) {
  if (only.length === 0) return null
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
          {only.map((one) => (
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
