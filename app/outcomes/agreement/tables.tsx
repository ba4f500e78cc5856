import { Title } from '@mantine/core'
import { boundsOf } from '@/app/outcomes/share'
import classes from '@/components/data/data-table.module.css'
import { Link } from '@/components/data/link'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { listWaitingOutcomes } from '@/lib/db/queries/trials/second-readings'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import { outcomeWords } from '@/lib/domain/outcome/outcome'
import type { AgreementRow } from '@/lib/domain/statistics/agreement'
import { fewPairs, type Kappa } from '@/lib/domain/statistics/kappa'
import { paths } from '@/lib/paths'

/** The agreement over all protocols and in each. */
export const AgreementTable = ({ rows }: { rows: readonly AgreementRow[] }) => (
  <section aria-label="Agreement">
    <Title order={2} size="h4" mb="xs">
      Agreement
    </Title>
    <table className={classes.table}>
      <TableHead
        labels={['Protocol', 'Pairs', 'Agreed', 'Kappa [95 %]', 'Not blinded', 'Remark']}
      />
      <tbody>
        {rows.map(({ protocolId, title, kappa, notBlinded }) => (
          <tr key={protocolId ?? 'all'}>
            <td data-label="Protocol">
              {protocolId ? (
                <Link href={paths.protocol(protocolId)} className={classes.name} prefetch={false}>
                  <UserText>{title ?? ''}</UserText>
                </Link>
              ) : (
                <b>All protocols</b>
              )}
            </td>
            <td data-label="Pairs">{kappa.pairs}</td>
            <td data-label="Agreed">{`${kappa.agreed} of ${kappa.pairs}`}</td>
            <td data-label="Kappa [95 %]">{kappaWords(kappa)}</td>
            <td data-label="Not blinded">{notBlinded}</td>
            <td data-label="Remark">{remarkOn(kappa)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

const two = (value: number) => value.toFixed(2)

function kappaWords(kappa: Kappa): string {
  if (!kappa.defined) return 'not defined'
  return kappa.interval ? `${two(kappa.kappa)} ${boundsOf(kappa.interval)}` : two(kappa.kappa)
}

const whyWords = {
  noPairs: 'No blinded reading yet.',
  oneCategory:
    'Both readers gave the same outcome each time, so chance alone would agree as often.',
}

function remarkOn(kappa: Kappa): string {
  if (!kappa.defined) return whyWords[kappa.why]
  const few =
    kappa.pairs < fewPairs
      ? `Fewer than ${fewPairs} pairs: a few more can change kappa considerably.`
      : ''
  const bare = kappa.interval ? '' : 'No interval: the formula gives it zero width.'
  return [few, bare].filter(Boolean).join(' ')
}

type WaitingRows = Awaited<ReturnType<typeof listWaitingOutcomes>>

type WaitingProps = { title: string; rows: WaitingRows; actor: Actor }

/** Trials whose outcome waits, with what the person who looks has to do with each. */
export function WaitingTable({ title, rows, actor }: WaitingProps) {
  if (rows.length === 0) return null
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {`${title} (${rows.length})`}
      </Title>
      <table className={classes.table}>
        <TableHead labels={['Trial', 'Device', 'Protocol', 'Concluded', 'Readers', 'You']} />
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td data-label="Trial">
                <Link href={paths.trial(row.id)} className={classes.name} prefetch={false}>
                  T-{row.number}
                </Link>
              </td>
              <td data-label="Device">
                <UserText>{row.labTag ?? row.deviceName}</UserText>
              </td>
              <td data-label="Protocol">
                <UserText>{row.protocol}</UserText>
              </td>
              <td data-label="Concluded">{row.concludedAt && <When at={row.concludedAt} />}</td>
              <td data-label="Readers">
                {row.second
                  ? `First: ${outcomeWords(row.first ?? '')}; second: ${outcomeWords(row.second)}`
                  : 'withheld until the second reading'}
              </td>
              <td data-label="You">{youWords(row, actor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function youWords({ decided, read, unblinded, second }: WaitingRows[number], actor: Actor) {
  if (decided) return 'first reader'
  if (read) return 'second reader'
  if (second) return mayDo(actor, 'overruleOutcome') ? 'can decide' : 'a lead decides'
  if (unblinded) return 'not blinded'
  return mayDo(actor, 'secondRead') ? 'can read it blinded' : 'an engineer or lead reads it'
}
