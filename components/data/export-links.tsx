import { Anchor, Group, Text } from '@mantine/core'
import { type StudyForm, studyFormInfo } from '@/lib/domain/export/study'
import type { Params } from '@/lib/paths'

export type ExportLink = {
  name: string
  /** The file's address; `form` adds what the file is to have in front. */
  href: (form: Params) => string
  /** The forms that the file has besides CSV. */
  forms?: readonly StudyForm[]
}

/**
 * CSV files to download, each also with the byte order mark without which Excel takes UTF-8 for another encoding, and in
 * its other forms.
 */
export function ExportLinks({ title, links }: { title: string; links: readonly ExportLink[] }) {
  return (
    <section aria-label={title} data-screen-only>
      <Group gap="md">
        <Text size="sm" fw={600}>
          {title}:
        </Text>
        {links.map(({ name, href }) => (
          <Anchor key={name} size="sm" href={href({})}>
            {name} (CSV)
          </Anchor>
        ))}
      </Group>
      <Text size="xs" c="dimmed" component="div" mt={4}>
        These are UTF-8 without a byte order mark, for programs. For Excel, which needs one:{' '}
        {links.map(({ name, href }, at) => (
          <span key={name}>
            {at > 0 && ', '}
            <Anchor size="xs" underline="always" href={href({ bom: 1 })}>
              {name} for Excel
            </Anchor>
          </span>
        ))}
        .
      </Text>
      <OtherForms links={links} />
    </section>
  )
}

function OtherForms({ links }: { links: readonly ExportLink[] }) {
  const others = links.flatMap(({ name, href, forms = [] }) =>
    forms.map((form) => ({
      words: `${name} as ${studyFormInfo[form].label}`,
      href: href({ as: form }),
    })),
  )
  if (others.length === 0) return null
  return (
    <Text size="xs" c="dimmed" component="div" mt={4}>
      The same values for statistics and clinical data systems:{' '}
      {others.map(({ words, href }, at) => (
        <span key={words}>
          {at > 0 && ', '}
          <Anchor size="xs" underline="always" href={href}>
            {words}
          </Anchor>
        </span>
      ))}
      .
    </Text>
  )
}
