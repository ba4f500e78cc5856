'use client'

import { Badge, Button, Group, Menu, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { TextLink } from '@/components/data/links'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import type { Refusal as Refused } from '@/lib/core/shared/result'
import type { Person } from '@/lib/db/queries/people/users'
import { roles } from '@/lib/domain/account/permissions'
import { shownText } from '@/lib/domain/text/typed-text'
import { paths } from '@/lib/paths'
import classes from '../../components/data/data-table.module.css'
import {
  changeRoleAction,
  disablePersonAction,
  enablePersonAction,
  resetPasswordAction,
  type ShownLink,
} from './actions'
import { ChangeEmail } from './change-email'
import { OneTimeLinkShown } from './one-time-links'

type Props = { people: Person[]; ownId: string }

export function PeopleTable({ people, ownId }: Props) {
  const action = useAction()
  const { busy, refusal } = action
  const [link, setLink] = useState<ShownLink>()
  const [asked, setAsked] = useState<Person>()
  const run = (act: Action) => {
    setLink(undefined)
    action.run(act, (result) => setLink('url' in result ? result : undefined))
  }

  return (
    <Stack gap="sm">
      {refusal && <Refusal title="Not changed" reason={refusal.reason} />}
      {link && <OneTimeLinkShown {...link} />}
      <table className={classes.table} aria-label="People">
        <TableHead labels={['Name', 'Email', 'Role', 'Second factor', 'Added', 'Account']} />
        <tbody>
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              own={person.id === ownId}
              busy={busy}
              run={run}
              changeEmail={() => setAsked(person)}
            />
          ))}
        </tbody>
      </table>
      {asked && <ChangeEmail person={asked} onClose={() => setAsked(undefined)} />}
    </Stack>
  )
}

/** What a row does, and where its answer is shown. */
type Action = () => Promise<Refused | ShownLink | { status: string }>

type PersonRowProps = {
  person: Person
  own: boolean
  busy: boolean
  run: (action: Action) => void
  changeEmail: () => void
}

function PersonRow({ person, own, busy, run, changeEmail }: PersonRowProps) {
  const { id: personId, disabledAt } = person
  return (
    <tr>
      <td data-label="Name">
        <div>
          <UserText>{person.name}</UserText>
          {own && (
            <Text span size="xs" c="dimmed">
              {' '}
              (you)
            </Text>
          )}
          <div>
            <TextLink href={paths.audit({ who: personId })} size="xs">
              Audit trail
            </TextLink>
          </div>
        </div>
      </td>
      <td data-label="Email">
        <UserText>{person.email}</UserText>
      </td>
      <td data-label="Role">
        <NativeSelect
          size="xs"
          aria-label={`Role of ${shownText(person.name)}`}
          data={roles}
          value={person.role}
          disabled={busy || disabledAt !== null}
          title="Ends their sessions"
          onChange={({ currentTarget }) => {
            const role = roles.find((one) => one === currentTarget.value)
            if (role) run(() => changeRoleAction({ personId, role }))
          }}
        />
      </td>
      <td data-label="Second factor">{person.twoFactorEnabled ? 'Set' : 'None'}</td>
      <td data-label="Added">
        <When at={person.createdAt} />
      </td>
      <td data-label="Account">
        {disabledAt ? (
          <Group gap="xs" wrap="nowrap">
            <Badge variant="outline" color="gray">
              Disabled
            </Badge>
            <Button
              size="compact-xs"
              variant="default"
              disabled={busy}
              onClick={() => run(() => enablePersonAction(personId))}
            >
              Enable
            </Button>
          </Group>
        ) : (
          <div>
            <AccountMenu {...{ person, own, busy, run, changeEmail }} />
          </div>
        )}
      </td>
    </tr>
  )
}

function AccountMenu({
  person: { id: personId, name },
  own,
  busy,
  run,
  changeEmail,
}: PersonRowProps) {
  const ready = useReady()
  const reset = (removesSecondFactors: boolean) => () =>
    run(() => resetPasswordAction({ personId, removesSecondFactors }))
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy || !ready}
          aria-label={`Change… the account of ${shownText(name)}`}
        >
          Change…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={reset(false)}>Make a link for a new password</Menu.Item>
        <Menu.Item onClick={reset(true)}>
          … that also removes their second factors, in case they are lost
        </Menu.Item>
        <Menu.Item onClick={changeEmail}>Change their email…</Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="red"
          disabled={own}
          title={
            own ? 'Ask another admin to disable your own account' : 'Ends their sessions at once'
          }
          onClick={() => run(() => disablePersonAction(personId))}
        >
          Disable: they can no longer sign in; their name stays in the record
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
