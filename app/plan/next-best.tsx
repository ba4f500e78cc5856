import { Text, Title } from '@mantine/core'
import tableClasses from '@/components/data/data-table.module.css'
import { ButtonLink, TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { passcodeWords } from '@/lib/domain/device/passcode'
import type { NextBest } from '@/lib/domain/planning/next-best'
import { type ScoreTerm, scoreTerms, termWords } from '@/lib/domain/planning/score-terms'
import { mechanismWords } from '@/lib/domain/trial/mechanism'
import { paths } from '@/lib/paths'
import classes from './plan.module.css'

const labels = ['#', 'Question', 'Known so far', 'Device', 'Score and its terms', 'Draft']
const shown = 20

type Props = {
  trials: readonly NextBest[]
  /** Why this person may not draft a trial; undefined where they may. */
  reason: string | undefined
}

/** One trial for each question that a device could answer now, the best first. */
export function NextBestTrials({ trials, reason }: Props) {
  return (
    <section aria-label="Next trials">
      <Title order={2} size="h4">
        Next trials
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        One for each question that a device could answer now, the best first. Every term is shown as
        measured × its weight. Equal scores go by the fewest other devices, then by lab tag.{' '}
        {trials.every(({ terms }) => terms.verification.value === 0) &&
          'No question here would verify a fix that Apple claims.'}
      </Text>
      {trials.length === 0 ? (
        <Text size="sm">
          No device with an unused baseline was offered a newer version when it was last queried,
          and none has one on Apple’s list that could be declared.
        </Text>
      ) : (
        <table className={tableClasses.table}>
          <TableHead labels={labels} />
          <tbody>
            {trials.slice(0, shown).map((trial, index) => (
              <Row key={trial.cell} trial={trial} place={index + 1} reason={reason} />
            ))}
          </tbody>
        </table>
      )}
      {trials.length > shown && (
        <Text size="sm" c="dimmed" mt="xs">
          The first {shown} of {trials.length} questions.
        </Text>
      )}
    </section>
  )
}

type RowProps = { trial: NextBest; place: number; reason: string | undefined }

function Row({ trial, place, reason }: RowProps) {
  const { question, device, labTag, alternatives, score, terms, successExpected } = trial
  const { platform, passcode, mechanism, startVersion, target, n, reached } = question
  const { questionWeight } = trial
  return (
    <tr>
      <td data-label="#">{place}</td>
      <td data-label="Question">
        <div>
          {platform} {startVersion} → {target}
          <div className={tableClasses.dim}>
            by {mechanismWords[mechanism].toLowerCase()}, {passcodeWords[passcode].toLowerCase()}
          </div>
          {questionWeight !== 1 && (
            <div className={tableClasses.dim}>counts {questionWeight} times</div>
          )}
        </div>
      </td>
      <td data-label="Known so far">
        <div>
          {n === 0 ? 'no trial' : `${reached} of ${n}`}
          <div className={tableClasses.dim}>success expected {successExpected.toFixed(2)}</div>
        </div>
      </td>
      <td data-label="Device">
        <div>
          <TextLink href={paths.device(device)} size="sm">
            <UserText>{labTag}</UserText>
          </TextLink>
          {trial.deviceReserved && <div className={tableClasses.dim}>reserved by a lead</div>}
          <div className={tableClasses.dim}>
            {alternatives === 0
              ? 'the only one'
              : `${alternatives} ${alternatives === 1 ? 'other' : 'others'}`}
          </div>
        </div>
      </td>
      <td data-label="Score">
        <div>
          <strong>{score.toFixed(4)}</strong>
          <ul className={classes.terms}>
            {scoreTerms.map((term) => (
              <li key={term}>{termText(term, terms[term])}</li>
            ))}
          </ul>
        </div>
      </td>
      <td data-label="Draft">
        <ButtonLink
          href={paths.trialNew({ deviceId: device })}
          size="xs"
          variant="default"
          aria-label={`New trial on ${labTag}, ${startVersion} to ${target} by ${mechanism}`}
        >
          New trial
        </ButtonLink>
        {reason && <div className={tableClasses.dim}>{reason}</div>}
      </td>
    </tr>
  )
}

const termText = (term: ScoreTerm, of: NextBest['terms'][ScoreTerm]): string =>
  `${termWords[term].label}: ${of.value.toFixed(4)} × ${of.weight} = ${signed(of.adds)}`

const signed = (value: number): string =>
  value < 0 ? `−${Math.abs(value).toFixed(4)}` : `+${value.toFixed(4)}`
