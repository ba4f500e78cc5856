import { enrollmentIdProblem } from '../enrollment'
import type { Call } from '../server-call'
import { withoutAnswer } from '../server-call'
import type { DeclarationApi } from '../server-kinds'
import { noAnswerIn } from '../settle'
import { errorIn, notOfApi } from './answers'
import type { KeptReport } from './declaration-server'

/** Far above every report that was seen, the largest of which had some kilobytes; a larger one is not taken. */
const maxReportBytes = 8 * 1024 * 1024

/**
 * One status report of a device as the server got it; 0 is the newest. The index is always given: without one the
 * server answers 500.
 */
export async function readReport(
  call: Call,
  { name, base }: DeclarationApi,
  enrollmentId: string,
  index: number,
): Promise<KeptReport> {
  const problem =
    enrollmentIdProblem(enrollmentId) ??
    (Number.isSafeInteger(index) && index >= 0
      ? undefined
      : `${index} is not the number of a report`)
  if (problem !== undefined) return { status: 'unread', reason: problem }
  const path = `${base}/status-report/${enrollmentId}?index=${index}`
  const answer = await call('GET', path, undefined, { maxAnswerBytes: maxReportBytes, whole: true })
  if ('failed' in answer)
    return { status: 'unread', reason: withoutAnswer(answer, name), ...noAnswerIn(answer) }
  const { httpStatus, body, bytes, headers } = answer
  const error = errorIn(body) ?? ''
  if (httpStatus === 500 && noReport.test(error)) return { status: 'none', reason: error }
  const id = headers?.['x-status-report-id']
  // A page of a proxy has no such header, whatever it looks like.
  if (httpStatus !== 200 || bytes === undefined || id === undefined)
    return { status: 'unread', reason: notOfApi(name, answer) }
  const at = new Date(headers?.['last-modified'] ?? '')
  return { status: 'read', bytes, id, ...(!Number.isNaN(at.getTime()) && { at }) }
}

/** Beyond the oldest report, and for a device that has given none; the last is what mysql says, by its source. */
const noReport = /^index out of range|key not found: rs\.|no rows in result set/
