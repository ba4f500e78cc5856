import { List, ListItem, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { getLabSettings, listSettingChanges } from '@/lib/db/queries/settings'
import { accessSettingInfo } from '@/lib/domain/account/access-settings'
import { refusalFor } from '@/lib/domain/account/permissions'
import { labSettingInfo } from '@/lib/domain/settings'
import { SettingsAsText } from './as-text'
import { SettingsForm } from './form'
import { settingsText } from './schema'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage() {
  const { actor, db } = await authorize('look')
  const [settings, changes] = await Promise.all([getLabSettings(db), listSettingChanges(db)])
  const reason = refusalFor(actor, 'changeSettings')
  return (
    <>
      <PageHeader
        title="Settings"
        description="What this lab requires of a device beyond Apple's own conditions. A change applies from the next evaluation; stored verdicts keep the settings they were based on."
      />
      {reason ? (
        <SettingsAsText settings={settingsText(settings)} reason={reason} />
      ) : (
        <SettingsForm key={JSON.stringify(settings)} initial={settingsText(settings)} />
      )}
      {changes.length > 0 && <Changes changes={changes} />}
    </>
  )
}

type Change = Awaited<ReturnType<typeof listSettingChanges>>[number]

function Changes({ changes }: { changes: Change[] }) {
  const label = (name: string) =>
    Object.entries({ ...labSettingInfo, ...accessSettingInfo }).find(([key]) => key === name)?.[1]
      .label ?? name
  return (
    <>
      <Text fw={600} size="sm" mt="lg">
        Last changes
      </Text>
      <List size="sm">
        {changes.map(({ name, changedAt, changedBy }) => (
          <ListItem key={name}>
            {label(name)}: <When at={changedAt} /> by <UserText>{changedBy}</UserText>
          </ListItem>
        ))}
      </List>
    </>
  )
}
