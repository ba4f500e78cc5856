import { MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { prerender } from 'react-dom/static'

/** What a person reads of a page, with a space between cells. */
export async function textOf(page: ReactNode): Promise<string> {
  const { prelude } = await prerender(<MantineProvider>{page}</MantineProvider>)
  const html = await new Response(prelude).text()
  return html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
}
