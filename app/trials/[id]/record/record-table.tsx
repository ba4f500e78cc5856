'use client'

import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { 'aria-label'?: string; mt?: string; children: ReactNode }

/** A dense table of the record, around rows of Mantine's. */
export const RecordTable = (props: Props) => (
  <Table verticalSpacing={3} horizontalSpacing={6} fz="sm" {...props} />
)
