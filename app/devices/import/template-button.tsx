'use client'

import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { importColumns } from '@/lib/domain/import/columns'
import { download } from './download'

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
