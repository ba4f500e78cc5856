import { listDevices } from '@/lib/db/queries/devices/device-list'
import { paths } from '@/lib/paths'
import { fillList } from './fill'
import { inLab, quantile, timed } from './lab'

const samples = 200
const pages = ['labTag', 'name', 'osVersion', 'lastSeen', 'verdict'] as const

/** p95 of the device list's page, one reader, against p95 of its bare query. Aim: query + 50 ms. */
export async function benchDevices(rows: number): Promise<number> {
  return inLab(
    (connection) => fillList(connection, rows),
    async ({ db, baseUrl, cookie }) => {
      const page: number[] = []
      const query: number[] = []
      const read = async (index: number) => {
        const sort = pages[index % pages.length]
        const answer = await fetch(`${baseUrl}${paths.devices({ environment: 'real', sort })}`, {
          headers: { cookie },
          redirect: 'manual',
        })
        const text = await answer.text()
        if (answer.status !== 200 || !text.includes('D-0'))
          throw new Error(`the device list answered ${answer.status}`)
      }
      for (let warm = 0; warm < 10; warm += 1) await read(warm)
      for (let index = 0; index < samples; index += 1) {
        const sort = pages[index % pages.length]
        page.push(await timed(() => read(index)))
        query.push(await timed(() => listDevices(db, { environment: 'real', sort }, new Date())))
      }
      const [pageMs, queryMs] = [quantile(page, 0.95), quantile(query, 0.95)]
      console.log(`device list at ${rows} devices, ${samples} reads over ${pages.length} orders:`)
      console.log(`  page  p50 ${quantile(page, 0.5).toFixed(1)} ms, p95 ${pageMs.toFixed(1)} ms`)
      console.log(`  query p50 ${quantile(query, 0.5).toFixed(1)} ms, p95 ${queryMs.toFixed(1)} ms`)
      console.log(`  page p95 − query p95: ${(pageMs - queryMs).toFixed(1)} ms (aim: 50 or less)`)
      return pageMs / queryMs
    },
  )
}
