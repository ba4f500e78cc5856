import { Stack, Text, Title } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { When } from '@/components/data/when'
import type { Environment } from '@/lib/domain/device/device'
import { passcodeWords } from '@/lib/domain/device/passcode'
import type { MatrixBlock, MatrixCell, MatrixRow } from '@/lib/domain/planning/coverage'
import { minDevicesForRate } from '@/lib/domain/statistics/proportion'
import { mechanismWords } from '@/lib/domain/trial/mechanism'
import { type PrimaryOutcome, primaryOutcomeInfo } from '@/lib/domain/trial/primary-outcome'
import { paths } from '@/lib/paths'
import classes from './plan.module.css'

/** More would not be read, and the page would take long to arrive; the filters reach the rest. */
const shownRows = 60

type Props = { blocks: readonly MatrixBlock[]; environment: Environment; primary: PrimaryOutcome }

/** What is known from each version to each other one, and with which devices more could be learned. */
export function Matrix({ blocks, environment, primary }: Props) {
  return (
    <section aria-label="Coverage matrix">
      <Title order={2} size="h4">
        Coverage matrix
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Start versions down, targets across. A cell has the trials where{' '}
        {primaryOutcomeInfo[primary].countsWhere}, out of those that count, Wilson’s 95 % interval
        from n = {minDevicesForRate} on, the last trial, and the devices that could run one more: in
        use, no trial under way, baseline not consumed, and the target offered when the device was
        last queried; what is declared may be on Apple’s list for its model instead. A device that
        takes both a command and a declaration is in both matrices, and one trial uses it up for
        both. Whether it qualifies is judged at the release.
      </Text>
      <Stack gap="lg">
        {blocks.map((block) => (
          <Block
            key={`${block.platform} ${block.passcode} ${block.mechanism}`}
            block={block}
            environment={environment}
          />
        ))}
      </Stack>
    </section>
  )
}

function Block({ block, environment }: { block: MatrixBlock; environment: Environment }) {
  const { platform, passcode, mechanism, targets, rows } = block
  const title = `${platform}, ${passcodeWords[passcode].toLowerCase()}, by ${mechanismWords[mechanism].toLowerCase()}`
  return (
    <div>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={classes.scroll} aria-label={`Matrix of ${title}`} tabIndex={0}>
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">From \ to</th>
              {targets.map((target) => (
                <th key={target} scope="col">
                  {target}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shownRows).map((row) => (
              <tr key={row.startVersion}>
                <RowHead row={row} block={block} environment={environment} />
                {row.cells.map((cell) => (
                  <Cell key={cell.id} cell={cell} environment={environment} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shownRows && (
        <Text size="sm" c="dimmed">
          The first {shownRows} of {rows.length} start versions. Narrow by start version to see the
          others.
        </Text>
      )}
    </div>
  )
}

type RowProps = { row: MatrixRow; block: MatrixBlock; environment: Environment }

function RowHead({ row, block, environment }: RowProps) {
  const { startVersion, devices, notQueried } = row
  const { platform, passcode } = block
  return (
    <th scope="row">
      {startVersion}
      <div className={classes.dim}>
        {devices === 0 ? (
          'no test left'
        ) : (
          <TextLink
            href={paths.devices({
              environment,
              platform,
              passcode,
              version: startVersion,
              unused: 1,
            })}
            size="xs"
          >
            {devices} {devices === 1 ? 'test' : 'tests'} left
          </TextLink>
        )}
      </div>
      {notQueried > 0 && <div className={classes.dim}>{notQueried}: targets not known</div>}
    </th>
  )
}

function Cell({ cell, environment }: { cell: MatrixCell; environment: Environment }) {
  const { n, reached, interval, last, able, offering, reserved, possible } = cell
  const { platform, passcode, mechanism, startVersion, target } = cell
  if (!possible && n === 0)
    return (
      <td>
        <span className={classes.dim}>not newer</span>
      </td>
    )
  return (
    <td className={able > 0 ? classes.fill : undefined}>
      <div>{n === 0 ? 'no trial' : `${reached} of ${n}`}</div>
      {interval && (
        <div>
          [{interval.low.toFixed(2)}, {interval.high.toFixed(2)}]
        </div>
      )}
      {n > 0 && !interval && <div className={classes.dim}>no rate, n &lt; {minDevicesForRate}</div>}
      {last && (
        <div className={classes.dim}>
          <TextLink href={paths.trial(last.id)} size="xs">
            T-{last.number}
          </TextLink>{' '}
          <When at={last.at} />
        </div>
      )}
      {able === 0 ? (
        <div className={classes.dim}>{mechanism === 'both' ? 'not counted' : 'no device'}</div>
      ) : (
        <TextLink
          href={paths.devices({
            ...{ environment, platform, passcode, version: startVersion },
            // The list knows what devices offer; what Apple lists for a model is the version's unused devices.
            ...(offering === able ? { reaches: target } : { unused: 1 }),
          })}
          size="xs"
        >
          {able} {able === 1 ? 'device' : 'devices'}
          {reserved > 0 && `, ${reserved} reserved`}
        </TextLink>
      )}
    </td>
  )
}
