'use client'

import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { importColumns } from '@/lib/domain/import/columns'

/** Saves a text as a file, in the browser. */
export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

const header = importColumns.map(({ label }) => label).join(',')

/** A file with every header an import knows, to be filled in. */
export const TemplateButton = () => (
  <Button
    variant="default"
    leftSection={<IconDownload size={16} aria-hidden />}
    onClick={() => download('devices.csv', `\ufeff${header}\r\n`)}
  >
    Download a template
  </Button>
)
