import { Anchor, Group, Text } from '@mantine/core'
import type { Params } from '@/lib/paths'

export type ExportLink = {
  name: string
  /** The file's address; `form` adds what the file is to have in front. */
  href: (form: Params) => string
}

/** CSV files to download, each also with the byte order mark without which Excel takes UTF-8 for another encoding. */
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
    </section>
  )
}
