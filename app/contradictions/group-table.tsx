import { Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { ContradictionText } from '@/components/trial/contradiction-text'
import type {
  ContradictionExample,
  ContradictionGroup,
} from '@/lib/db/queries/events/contradictions'
import { tallyInWords } from '@/lib/domain/contradiction/finding'
import { paths } from '@/lib/paths'

type Props = { title: string; text: string; groups: ContradictionGroup[] }

/** One row per contradiction: what it is, how many devices show it on which version, and where to look. */
export function GroupTable({ title, text, groups }: Props) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text}
      </Text>
      <table className={classes.table}>
        <TableHead labels={['What', 'Seen on', 'Newest replies']} />
        <tbody>
          {groups.map((group) => (
            <tr key={group.fingerprint}>
              <td data-label="What">
                <ContradictionText shown={group} />
              </td>
              <td data-label="Seen on">{tallyInWords(group.counts)}</td>
              <td data-label="Newest replies">
                <div>
                  {group.examples.map((example) => (
                    <Example key={example.rawEventId} example={example} />
                  ))}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const Example = ({ example }: { example: ContradictionExample }) => (
  <div>
    <TextLink href={paths.event(example.rawEventId)} size="sm">
      event {example.rawEventId}
    </TextLink>{' '}
    {example.trialId && (
      <TextLink href={paths.trial(example.trialId)} size="sm">
        T-{example.trialNumber}
      </TextLink>
    )}{' '}
    <span className={`${classes.dim} ${classes.nowrap}`}>
      <UserText>{example.device}</UserText>
    </span>
  </div>
)
