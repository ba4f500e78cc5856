import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpLab, openHttpLab } from './http-lab'

let lab: HttpLab
beforeAll(async () => {
  lab = await openHttpLab()
})
afterAll(() => lab.connection.end())

/** Without a cookie, from an address of its own as far as the lab knows. */
const read = (token: string, query = '') => fetch(`${lab.baseUrl}/shared/${token}${query}`)

test('a shared report is read without signing in, and holds no identifier, name or mail address', async () => {
  const [trial] = await lab.connection.sql`
    select d.serial, d.enrollment_id, d.name as device, t.drafted_by, s.url, s.name as server
    from trials t join devices d on d.id = t.device_id join mdm_servers s on s.id = d.mdm_server_id
    where t.id = ${lab.ids.trial}`
  const hidden = [...Object.values(trial ?? {}), ...lab.emails, lab.ids.trial, lab.ids.device]
  for (const query of ['', '?as=json']) {
    const answer = await read(lab.ids.token, query)
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()).toEqual([])
    const text = await answer.text()
    for (const secret of hidden)
      expect([secret, text.includes(String(secret))]).toEqual([secret, false])
    expect(text).toContain('engineer 1')
  }
})

test('guessed and revoked tokens get one and the same page, and no cookie', async () => {
  const { sql } = lab.connection
  const bodies: string[] = []
  const take = async (token: string) => {
    const answer = await read(token)
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([404, []])
    // Only the number of the response differs.
    bodies.push((await answer.text()).replaceAll(/nonce="[^"]*"/g, ''))
  }
  await take('x'.repeat(43))
  await take('..%2f..%2fetc')
  await sql`update share_links set revoked_at = now(), revoked_by_id = 'l1', revoked_by_name = 'Lee'`
  await take(lab.ids.token)
  expect(new Set(bodies).size).toBe(1)
})
