import { Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { LongTable } from '@/components/data/long-table'
import type { ReleaseMark } from '@/lib/domain/catalogue/feed'
import { sourceInWords } from '@/lib/domain/catalogue/sourced'
import type { CatalogueVersion, ReleasedOn, SignedFor } from '@/lib/domain/catalogue/versions'
import { dateInWords } from './words'

const labels = ['Version', 'Builds', 'Released on', 'Restore image signed']
const markWords: Record<ReleaseMark, string> = {
  beta: 'beta',
  candidate: 'release candidate',
  response: 'security response',
  internal: 'internal',
  preinstalled: 'preinstalled',
}

type Props = { versions: readonly CatalogueVersion[]; count: number; model: string | undefined }

/** Every version that a source knows, with each date and each signature beside its source and the day it was read. */
export const VersionList = ({ versions, count, model }: Props) => (
  <section aria-label="Versions">
    <Title order={2} size="h4">
      Versions
    </Title>
    <Text size="sm" c="dimmed" mb="xs">
      {versions.length < count
        ? `The newest ${versions.length} of ${count}; narrow by version for the others. `
        : `${count} ${count === 1 ? 'version' : 'versions'}. `}
      Where nothing stands, no source says it. Whether a restore image is signed was so when the
      source looked, which is hours or days before.
    </Text>
    {versions.length > 0 && (
      <LongTable
        labels={labels}
        what={versions.length < count ? 'of these versions' : 'versions'}
        rows={versions.map((version) => (
          <Row key={version.version} version={version} model={model} />
        ))}
      />
    )}
  </section>
)

type RowProps = { version: CatalogueVersion; model: string | undefined }

const Row = ({ version: { version, builds, marks, released, signings }, model }: RowProps) => (
  <tr>
    <td data-label="Version">
      <div>
        <span className={classes.tag}>{version}</span>
        {marks.length > 0 && (
          <div className={classes.dim}>{marks.map((mark) => markWords[mark]).join(', ')}</div>
        )}
      </div>
    </td>
    <td data-label="Builds">{builds.length === 0 ? 'not known' : builds.join(', ')}</td>
    <td data-label="Released on">
      <div>
        {released.every(({ date }) => date === undefined) && 'not known'}
        {released.map((one) => (
          <Day
            key={`${sourceInWords(one.source)} ${one.date?.text}`}
            one={one}
            all={builds.length}
          />
        ))}
      </div>
    </td>
    <td data-label="Restore image signed">
      <div>
        {signings.length === 0 && 'not known'}
        {signings.map((one) => (
          <Signed key={`${one.build} ${sourceInWords(one.source)}`} one={one} model={model} />
        ))}
      </div>
    </td>
  </tr>
)

const Day = ({ one: { date, source, builds }, all }: { one: ReleasedOn; all: number }) =>
  date ? (
    <div>
      <span className={classes.nowrap}>{dateInWords(date)}</span>{' '}
      <span className={classes.dim}>
        {builds.length > 0 && builds.length < all && `${builds.join(', ')}; `}
        {sourceInWords(source)}
      </span>
    </div>
  ) : null

const models = (count: number) => `${count} ${count === 1 ? 'model' : 'models'}`

const Signed = ({
  one: { build, signed, not, source },
  model,
}: {
  one: SignedFor
  model: string | undefined
}) => (
  <div>
    {model === undefined
      ? [
          ...(signed.length > 0 ? [`yes for ${models(signed.length)}`] : []),
          ...(not.length > 0 ? [`no for ${models(not.length)}`] : []),
        ].join(', ')
      : signed.length > 0
        ? 'yes'
        : 'no'}{' '}
    <span className={classes.dim}>
      {build}; {sourceInWords(source)}
    </span>
  </div>
)
