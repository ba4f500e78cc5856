import { column } from './column'

const never = { missing: 'Never empty.' }
const nothing = { missing: 'Empty: about no row of a table, or about many.' }

/** The columns of the audit trail's export in their order. docs/record.md says how an entry is hashed. */
export const auditColumns = [
  column(
    'seq',
    'integer',
    '1, 2, 3 and so on, without a gap; the last line of the file has the result of the chain check here instead.',
    never,
  ),
  column('at', 'time', "When it was entered, by the server's clock, with microseconds.", never),
  column('by_id', 'text', 'Who acted: the ID of the person, the key or the login.', never),
  column('by_name', 'text', 'The name they had then.', never),
  column(
    'by_role',
    'code',
    'The role they had then; system: Oneway itself; database: SQL without a person.',
    never,
  ),
  column('login', 'text', 'The login at the database.', never),
  column(
    'kind',
    'code',
    'insert, update, delete; baseline: a row older than the trail of its table; began: the start of the trail; or an action such as refused or exported.',
    never,
  ),
  column('table_name', 'text', 'The table.', { missing: 'Empty: about no table.' }),
  column('row_id', 'text', 'The key of the row.', nothing),
  column('device_id', 'text', 'The device it is about.', {
    missing: 'Empty: about none, or about many.',
  }),
  column('trial_id', 'text', 'The trial it is about.', {
    missing: 'Empty: about none, or about many.',
  }),
  column(
    'old',
    'text',
    'The changed fields before the change, as JSON; all fields of a deleted row.',
    {
      missing: 'Empty: there was no row before.',
    },
  ),
  column(
    'new',
    'text',
    'The same fields after the change; all fields of a new row; the details of an action.',
    {
      missing: 'Empty: the row was deleted.',
    },
  ),
  column('reason', 'text', 'The reason, as the person wrote it.', {
    missing: 'Empty: none was asked for.',
  }),
  column('previous', 'code', 'The hash of the entry before, in hex; 64 zeros in the first.', never),
  column('hash', 'code', 'SHA-256 over the columns before it as netstrings, in hex.', never),
]
