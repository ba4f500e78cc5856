import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { defaultLabSettings } from '@/lib/domain/settings'
import { SettingsAsText } from './as-text'
import { settingsText } from './schema'

test('who may not change the settings reads them as text, with the reason, and no field to type into', () => {
  const html = renderToStaticMarkup(
    <MantineProvider>
      <SettingsAsText
        settings={settingsText(defaultLabSettings)}
        reason="This needs the role lead; you are signed in as viewer."
      />
    </MantineProvider>,
  )
  expect(html).not.toMatch(/<(input|select|textarea|button)/)
  const text = html.replaceAll(/<[^>]+>/g, ' ')
  expect(text).toContain('This needs the role lead')
  expect(text).toContain('24 hours')
  expect(text).toContain('for the last qualified device at its starting version')
  expect(text).toMatch(/Passcode[^:]*:\s+10/)
})
