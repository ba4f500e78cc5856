import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** A browser that is loading a page; `idle` lets what waits for a free moment go on, once. */
function browser() {
  const idlers: (() => void)[] = []
  let loaded = () => {}
  vi.stubGlobal('window', {
    addEventListener: (_: string, listener: () => void) => {
      loaded = listener
    },
    requestIdleCallback: true,
  })
  vi.stubGlobal('document', { readyState: 'loading' })
  vi.stubGlobal('requestIdleCallback', (act: () => void) => idlers.push(act))
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
  return {
    load: async () => {
      loaded()
      await settled()
    },
    idle: async () => {
      idlers.shift()?.()
      await settled()
    },
  }
}

test('code is loaded once; what could not be had is asked for again', async () => {
  const { late } = await import('./late')
  const load = vi.fn().mockRejectedValueOnce(new Error('no network')).mockResolvedValue('a form')
  const part = late<string>(load)
  await expect(part.load()).rejects.toThrow('no network')
  expect(part.now()).toBeUndefined()
  expect(await part.load()).toBe('a form')
  expect(await part.load()).toBe('a form')
  expect(part.now()).toBe('a form')
  expect(load).toHaveBeenCalledTimes(2)
})

test('what a page brings with it is not loaded', async () => {
  const { late } = await import('./late')
  const load = vi.fn()
  const part = late<string>(load)
  part.have('a form')
  expect(part.now()).toBe('a form')
  expect(await part.load()).toBe('a form')
  expect(load).not.toHaveBeenCalled()
})

test('once the page is there, one after the other is fetched in a free moment, whatever fails', async () => {
  const { load: pageLoaded, idle } = browser()
  const { fetchedAhead, late } = await import('./late')
  const asked: string[] = []
  const load = (name: string, value?: string) => async () => {
    asked.push(name)
    if (value === undefined) throw new Error('no network')
    return value
  }
  late(load('lost'))
  const form = late(load('form', 'a form'))
  late(load('menu', 'a menu'), 'press')
  const done = vi.fn()
  void fetchedAhead().then(done)
  await idle()
  expect(asked).toEqual([])
  await pageLoaded()
  expect(asked).toEqual([])
  await idle()
  expect(asked).toEqual(['lost'])
  expect(done).not.toHaveBeenCalled()
  await idle()
  expect(asked).toEqual(['lost', 'form'])
  expect(form.now()).toBe('a form')
  expect(done).toHaveBeenCalled()
})

test('a server fetches nothing ahead', async () => {
  const { fetchedAhead, late } = await import('./late')
  const load = vi.fn()
  late(load)
  await fetchedAhead()
  expect(load).not.toHaveBeenCalled()
})
