/** Signs in on the provider's pages by plain HTTP, and returns the redirect back to the lab. */
export async function visitProvider(start: string, login: string): Promise<URL> {
  const jar = new Map<string, string>()
  const { origin } = new URL(start)
  const go = async (address: string, form?: Record<string, string>): Promise<URL> => {
    const url = new URL(address, origin)
    if (url.origin !== origin) return url
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      jar.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location !== null) return go(location)
    const page = await answer.text()
    const action = /action="([^"]+)"/.exec(page)?.[1]
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    if (!action || !prompt) throw new Error(`${url.pathname} answered ${answer.status}: ${page}`)
    return go(action, prompt === 'login' ? { prompt, login, password: 'any' } : { prompt })
  }
  return go(start)
}
