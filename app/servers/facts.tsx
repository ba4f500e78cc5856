import { Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import classes from '@/components/data/data-table.module.css'
import { Citation } from '@/components/data/links'
import { When } from '@/components/data/when'
import type { Gap } from '@/lib/db/queries/events/gaps'
import type { ServerCheck } from '@/lib/db/queries/servers/server-checks'
import { serverFindingLabels, webhookFinding } from '@/lib/domain/server/server-check'
import { type ServerSort, serverPromises, storageAdvice } from '@/lib/mdm/server-promises'

/** What a server of this kind can and cannot promise, each with its source. */
export function Promises({ server }: { server: ServerSort }) {
  const advice = storageAdvice(server)
  return (
    <Card title="What this server can promise">
      {advice && <Text size="sm">{advice}</Text>}
      <table className={classes.table}>
        <thead>
          <tr>
            <th>Question</th>
            <th>Answer</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {serverPromises(server).map(({ question, answer, reason, cites }) => (
            <tr key={question}>
              <td data-label="Question">{question}</td>
              <td data-label="Answer">{answer}</td>
              <td data-label="Reason">
                <span>
                  {reason} <Citation cite={{ url: cites, label: 'source' }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

const foundWords = { yes: 'yes', no: 'no', unknown: 'not known', waiting: 'waiting' }

/** What the last check has found, and how old that is. */
export function CheckResult({ check, now }: { check: ServerCheck; now: Date }) {
  const rows = [
    ...check.findings.map((one) => ({ ...one, label: serverFindingLabels[one.what] })),
    { label: 'Webhook event received', ...webhookFinding(check, now) },
  ]
  return (
    <>
      <Text size="sm">
        Checked <When at={check.at} /> by {check.byName}
      </Text>
      <table className={classes.table}>
        <tbody>
          {rows.map(({ label, found, reason }) => (
            <tr key={label}>
              <td data-label="What">{label}</td>
              <td data-label="Found">{foundWords[found]}</td>
              <td data-label="Reason">{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** When nothing was received from this server, the newest first. */
export function Gaps({ gaps }: { gaps: Gap[] }) {
  if (gaps.length === 0) return <Text size="sm">No gap is known.</Text>
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th>From</th>
          <th>To</th>
          <th>Reason</th>
        </tr>
      </thead>
      <tbody>
        {gaps.map(({ id, beganAt, endedAt, reason }) => (
          <tr key={id}>
            <td data-label="From">
              <When at={beganAt} exact />
            </td>
            <td data-label="To">{endedAt ? <When at={endedAt} exact /> : 'still open'}</td>
            <td data-label="Reason">{reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
