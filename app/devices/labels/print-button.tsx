'use client'

import { Button } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { useReady } from '@/components/forms/ready-form'

/** Opens the browser's own print dialog. */
export const PrintButton = () => (
  <Button
    disabled={!useReady()}
    leftSection={<IconPrinter size={16} aria-hidden />}
    onClick={() => window.print()}
  >
    Print the labels
  </Button>
)
