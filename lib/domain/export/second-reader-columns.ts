import { outcomeInfo, outcomes } from '../outcome/outcome'
import { codesOf, column, type ExportColumn } from './column'

const notRead = 'NA: no second person has read it.'
const outcomeCodes = codesOf(outcomes, (one) => outcomeInfo[one].label)

const standings = {
  secondReading: 'decided, and withheld until a second person has read it',
  adjudication: 'the two readers disagree, and no lead has decided yet',
  agreed: 'the second reader said the same',
  adjudicated: 'the two readers disagreed, and a lead decided',
}

/** The columns of a trial about the second reader that its protocol may ask for. */
export const secondReaderColumns: readonly ExportColumn[] = [
  column('second_reading', 'code', 'How the second reading of the outcome stands.', {
    missing:
      'NA: the protocol asks for no second reader, or the trial ended without an outcome. Empty: not concluded.',
    codes: standings,
  }),
  column('first_outcome', 'code', 'The outcome that the second reading is compared with.', {
    ...{ missing: notRead, codes: outcomeCodes },
  }),
  column('second_outcome', 'code', 'The outcome that the second person read.', {
    ...{ missing: notRead, codes: outcomeCodes },
  }),
  column('second_reader', 'text', 'Who read it.', {
    missing: 'Empty: no second person has read it.',
  }),
  column('second_read_at', 'time', 'When it was read.', {
    missing: 'Empty: no second person has read it.',
  }),
  column(
    'second_blinded',
    'boolean',
    'Whether that person had neither contributed to the trial nor opened its outcome in this program. Agreement is counted among blinded readings only.',
    { missing: notRead },
  ),
]
