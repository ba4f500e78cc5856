import { Text, Title } from '@mantine/core'
import { Citation } from '@/components/citation'
import classes from '@/components/data-table.module.css'
import { TextLink } from '@/components/links'
import { TableHead } from '@/components/table-head'
import { UserText } from '@/components/text'
import { enter } from '@/lib/auth/door'
import { type HeardError, listHeardErrors } from '@/lib/db/heard-errors'
import type { World } from '@/lib/domain/device'
import { findErrorMeaning } from '@/lib/mdm/errors'
import { paths } from '@/lib/paths'

/** The error codes this lab's devices answered: what others say they mean, and what became of them here. */
export async function HeardErrors({ world }: { world: World }) {
  const { db } = await enter('look')
  const errors = await listHeardErrors(db, world)
  if (errors.length === 0) return null
  return (
    <section aria-label="Error codes heard">
      <Title order={2} size="h4">
        Error codes heard
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        The topmost error of each answer. Codes change between releases, so a meaning is a hint; an
        error is no proof that nothing happened.
      </Text>
      <table className={classes.table}>
        <TableHead labels={['Error', 'Meaning', 'Answered to', 'Seen on', 'What became of it']} />
        <tbody>
          {errors.map((error) => (
            <Row key={`${error.domain} ${error.code} ${error.requestType}`} error={error} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ error }: { error: HeardError }) {
  const { domain, code, requestType, devices, versions, trialId, trialNumber } = error
  const known = findErrorMeaning(domain, code)
  return (
    <tr>
      <td data-label="Error">
        <span>
          <UserText>{domain}</UserText> {code}
        </span>
      </td>
      <td data-label="Meaning">
        <div>
          {known ? known.meaning : 'in no table: new to this lab'}{' '}
          {known && <Citation cite={{ label: known.basis, url: known.cite }} />}
        </div>
      </td>
      <td data-label="Answered to">{requestType}</td>
      <td data-label="Seen on">
        {devices === 1 ? '1 device' : `${devices} devices`}
        {versions.length > 0 && `, on ${versions.join(', ')}`}
      </td>
      <td data-label="What became of it">
        <div>
          {becameOf(error)}{' '}
          {trialId && (
            <TextLink href={paths.trial(trialId)} size="xs">
              T-{trialNumber}
            </TextLink>
          )}
        </div>
      </td>
    </tr>
  )
}

function becameOf({ requestType, concluded, moved }: HeardError): string {
  if (requestType !== 'ScheduleOSUpdate') return 'a question only'
  if (concluded === 0) return 'no trial concluded yet'
  return `followed by another build in ${moved} of ${concluded}`
}
