import { z } from 'zod'
import { environments } from '@/lib/domain/device/device'
import { maxLabTrials } from '@/lib/domain/report/lab-report'

/** `filter` is read as the list of trials reads its address. */
const selection = {
  environment: z.enum(environments),
  filter: z.record(z.string().max(100), z.string().max(1000)),
  chosen: z.array(z.string().max(100)).max(maxLabTrials),
}

export const previewLabReportSchema = z.strictObject(selection)

export const makeLabReportSchema = z.strictObject({
  ...selection,
  title: z.string().max(1000),
  labName: z.string().max(1000),
  digest: z.string().max(64),
})
