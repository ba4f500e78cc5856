import { setTimeout as sleep } from 'node:timers/promises'
import { findServer } from '@/lib/db/queries/servers/servers'
import { type Lab, openBench } from './bench-trip'
import { startFaultMdm } from './fault-mdm'
import { nextMessage, startMember, startProcesses } from './processes'

const releasesPerProcess = 50
const deadlineMs = 240_000

/**
 * 100 people release one trial at once through two processes, and two workers race to send it. Expects one
 * release, 99 answers `alreadyReleased` and one request. Returns the problems found.
 */
export async function runRace(lab: Lab & { url: string }): Promise<string[]> {
  const mdm = await startFaultMdm()
  const processes = await startProcesses(lab.url)
  const people = await Promise.all([startMember('people', lab.url), startMember('people', lab.url)])
  const bench = await openBench(lab, mdm, new Date())
  const answers = await Promise.all(
    people.map(async (one) => {
      const message = nextMessage(one.child)
      one.send({ release: bench.seen, times: releasesPerProcess })
      const results = await message
      return 'results' in results ? results.results : []
    }),
  )
  const sendsOf = () => mdm.ledger.filter(({ requestType }) => requestType === 'ScheduleOSUpdate')
  // The hold of a real device is at least 10 s. Then allow time for a second request, which must not come.
  for (const begun = Date.now(); sendsOf().length === 0 && Date.now() - begun < deadlineMs; )
    await sleep(100)
  await sleep(1_500)
  for (const one of people) one.kill()
  await processes.close()
  await mdm.close()

  const results = answers.flat()
  const count = (status: string) => results.filter((one) => one.status === status).length
  const [released, reported] = [count('released'), count('alreadyReleased')]
  const sent = sendsOf()
  console.log(
    `${results.length} releases through 2 processes: ${released} released, ${reported} already released; ${sent.length} sent by 2 workers`,
  )
  const server = await findServer(lab.db, bench.device.mdmServerId)
  return [
    ...(released === 1 ? [] : [`race: ${released} released`]),
    ...(reported === 2 * releasesPerProcess - 1
      ? []
      : [`race: ${reported} already released: ${JSON.stringify(results)}`]),
    ...(sent.length === 1 ? [] : [`race: ${sent.length} requests reached the MDM server`]),
    ...(server?.stopReason ? [`race: sending was stopped: ${server.stopReason}`] : []),
  ]
}
