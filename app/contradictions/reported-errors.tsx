import { Badge, Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { Citation, TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { ErrorNotes } from '@/components/trial/error-notes'
import { authorize } from '@/lib/auth/guard'
import {
  type ErrorNote,
  listErrorNotes,
  listReportedErrors,
  type ReportedError,
} from '@/lib/db/queries/events/error-codes'
import { refusalFor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { outcomeInfo } from '@/lib/domain/outcome/outcome'
import { errorClassInfo, findErrorMeaning } from '@/lib/mdm/errors'
import { paths } from '@/lib/paths'
import { NoteForm } from './note-form'

const labels = ['Error', 'Meaning', 'Seen on', 'What became of it', 'Notes of this lab']

/** Every error code that a device of this lab reported: its documented meaning, what followed, and the lab's notes. */
export async function ReportedErrors({ environment }: { environment: Environment }) {
  const { actor, db } = await authorize('look')
  const errors = await listReportedErrors(db, environment)
  if (errors.length === 0) return null
  const notes = Map.groupBy(await listErrorNotes(db, errors), nameOf)
  const reason = refusalFor(actor, 'noteError')
  return (
    <section aria-label="Reported error codes">
      <Title order={2} size="h4">
        Reported error codes
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Every error in an answer, at each level of its chain. Codes change between releases, so a
        meaning is a hint; an error does not prove that nothing happened. Notes are shared by both
        environments.
      </Text>
      <table className={classes.table}>
        <TableHead labels={labels} />
        <tbody>
          {errors.map((error) => (
            <Row
              key={nameOf(error)}
              error={error}
              notes={notes.get(nameOf(error)) ?? []}
              reason={reason}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

const nameOf = ({ domain, code }: { domain: string; code: number }) => `${domain} ${code}`

type RowProps = { error: ReportedError; notes: ErrorNote[]; reason: string | undefined }

function Row({ error, notes, reason }: RowProps) {
  const { domain, code, texts, devices, versions, requestTypes } = error
  return (
    <tr>
      <td data-label="Error">
        <div>
          <UserText>{domain}</UserText> {code}
          {texts.map((text) => (
            <div key={text} className={classes.dim}>
              “<UserText>{text}</UserText>”
            </div>
          ))}
        </div>
      </td>
      <td data-label="Meaning">
        <Meaning domain={domain} code={code} />
      </td>
      <td data-label="Seen on">
        <div>
          {devices === 1 ? '1 device' : `${devices} devices`}
          {versions.length > 0 && `, on ${versions.join(', ')}`}
          <div className={classes.dim}>in answers to {requestTypes.join(', ')}</div>
        </div>
      </td>
      <td data-label="What became of it">
        <Became error={error} />
      </td>
      <td data-label="Notes of this lab">
        <div>
          <ErrorNotes notes={notes} />
          <NoteForm domain={domain} code={code} reason={reason} />
        </div>
      </td>
    </tr>
  )
}

function Meaning({ domain, code }: { domain: string; code: number }) {
  const known = findErrorMeaning(domain, code)
  if (!known) return <span>in no table: new to this lab</span>
  const { label, color, meaning } = errorClassInfo[known.class]
  return (
    <div>
      {known.meaning}{' '}
      <Badge variant="light" color={color} title={meaning} size="sm">
        {label}
      </Badge>{' '}
      <Citation cite={{ label: known.basis, url: known.cite }} />
    </div>
  )
}

/** Counts of trials and how they ended; never a bare percentage. */
function Became({ error }: { error: ReportedError }) {
  const { trials, concluded, moved, outcomes, trialId, trialNumber } = error
  if (trials === 0) return <span>a question only</span>
  return (
    <div>
      {concluded === 0
        ? `${trials === 1 ? '1 trial' : `${trials} trials`}, none concluded yet`
        : `followed by another build in ${moved} of ${concluded}`}{' '}
      {trialId && (
        <TextLink href={paths.trial(trialId)} size="xs" style={{ whiteSpace: 'nowrap' }}>
          T-{trialNumber}
        </TextLink>
      )}
      {outcomes.map(({ outcome, trials: count }) => (
        <div key={outcome} className={classes.dim}>
          {count} × {outcomeInfo[outcome].label}
        </div>
      ))}
    </div>
  )
}
