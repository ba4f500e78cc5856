import { Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { CatalogueFetch } from '@/lib/db/queries/catalogue/fetches'
import type { CatalogueImport } from '@/lib/db/queries/catalogue/imports'
import { feedInfo } from '@/lib/domain/catalogue/feed'
import { type FeedSource, type FetchResult, feedSources } from '@/lib/domain/catalogue/feed-source'
import { DailySources } from './daily-sources'

const labels = ['Feed', 'Read on', 'Facts', 'Imported', 'File']

type Props = {
  current: readonly CatalogueImport[]
  newest: readonly CatalogueImport[]
  daily: readonly FeedSource[]
  fetches: readonly CatalogueFetch[]
  /** Why this person may not choose the daily sources. */
  reason: string | undefined
}

/** The copy in use of every feed, and what was refused since. */
export function Sources({ current, newest, daily, fetches, reason }: Props) {
  const refused = newest.filter(({ state }) => state === 'refused').slice(0, 3)
  return (
    <section aria-label="Sources">
      <Title order={2} size="h4">
        Sources
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        The copy in use of each feed. Beside them stands a table of versions from iOS 10.3 on that
        is shipped with Oneway.
      </Text>
      {current.length > 0 && (
        <table className={classes.table}>
          <TableHead labels={labels} />
          <tbody>
            {current.map((one) => (
              <Row key={one.id} one={one} />
            ))}
          </tbody>
        </table>
      )}
      {refused.map(({ id, fileName, importedAt, problems }) => (
        <Text key={id} size="sm" mt="xs">
          Refused <When at={importedAt} />: <UserText>{fileName}</UserText>.{' '}
          <UserText>
            {problems
              .slice(0, 3)
              .map(({ path, reason }) => `${path} ${reason}`)
              .join('; ')}
          </UserText>
        </Text>
      ))}
      <DailySources chosen={daily} reason={reason} />
      {fetches.map((one) => (
        <Text key={one.id} size="sm" c="dimmed" mt={4}>
          {feedSources[one.source].label} {one.scope} <When at={one.startedAt} />:{' '}
          {one.result === null ? 'no end is recorded' : resultWords[one.result]}
          {one.reason && (
            <>
              {': '}
              <UserText>{one.reason}</UserText>
            </>
          )}
        </Text>
      ))}
    </section>
  )
}

const resultWords: Record<FetchResult, string> = {
  stored: 'a new copy',
  unchanged: 'the same content',
  refused: 'refused',
  failed: 'failed',
}

const Row = ({ one }: { one: CatalogueImport }) => (
  <tr>
    <td data-label="Feed">
      {one.kind && feedInfo[one.kind].label}{' '}
      {one.scope && <span className={classes.dim}>{one.scope}</span>}
    </td>
    <td data-label="Read on" className={classes.nowrap}>
      {one.readOn}
    </td>
    <td data-label="Facts">{one.facts}</td>
    <td data-label="Imported">
      <div>
        <When at={one.importedAt} />{' '}
        <span className={classes.dim}>
          by <UserText>{one.byName}</UserText>
        </span>
      </div>
    </td>
    <td data-label="File">
      <div>
        <UserText>{one.fileName}</UserText>
        <div className={classes.dim} title={one.fileSha256}>
          SHA-256 {one.fileSha256.slice(0, 12)}…
        </div>
      </div>
    </td>
  </tr>
)
