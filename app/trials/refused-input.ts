import type { z } from 'zod'
import { type Refusal, refused } from '@/lib/services/result'

/** Input that no form of ours sends: the first field that is wrong, and why. */
export function refusedInput({ issues: [first] }: z.ZodError): Refusal {
  return refused(first?.message ?? 'this cannot be read', first?.path.join('.'))
}
