import { actorOf } from '@/lib/auth/actor'
import { findLabControl } from '@/lib/demo/control'

/** The truth about the virtual devices, for the control panel. */
export async function GET(request: Request): Promise<Response> {
  const headers = { 'cache-control': 'no-store' }
  if (!(await actorOf(request)))
    return Response.json({ error: 'sign in first' }, { status: 401, headers })
  const lab = await findLabControl()
  if (!lab)
    return Response.json({ error: 'there is no virtual lab here' }, { status: 404, headers })
  const answer = await lab.listDevices()
  if (answer.ok) return Response.json(answer.value, { headers })
  const error = answer.status === undefined ? answer.because : answer.refusal.error
  return Response.json(
    { error: `the virtual lab does not answer: ${error}` },
    { status: 502, headers },
  )
}
