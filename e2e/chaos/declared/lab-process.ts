// A virtual lab with its KMFDDM as a process of its own, to be killed: it logs each request before and after it acts on it,
// saves what has changed before it answers, and on request kills itself at the n-th request that changes something.
import { appendFileSync } from 'node:fs'
import { createClock } from '@/lib/virtual-lab/clock'
import { createLab } from '@/lib/virtual-lab/lab'
import { loadState, saveState } from '@/lib/virtual-lab/lab-state'
import { createNanomdmServer } from '@/lib/virtual-lab/nanomdm-server'
import { createWebhook } from '@/lib/virtual-lab/webhook'
import { oneDevice } from './virtual-device'
import type { FromLab, LabDeath, ToLab } from './virtual-kmfddm'
import { changes, writeWire } from './wire'

/** Fast enough that a device comes within 50 ms of a push, and slow enough that no update is due. */
const speed = 10

const [folder = '', wireFile = '', port = '', webhookUrl = '', apiKey = ''] = process.argv.slice(2)
const say = (message: FromLab) => process.send?.(message)

let death: LabDeath = { at: 'arrives', nth: Number.POSITIVE_INFINITY }
const dieAt = (moment: LabDeath['at']) => {
  if (death.at === moment) death.nth -= 1
  // SIGKILL closes and flushes nothing, as in a power cut.
  if (death.nth === 0) process.kill(process.pid, 'SIGKILL')
}

const state = loadState(folder) ?? oneDevice()
const wire = writeWire(
  (line) => appendFileSync(wireFile, `${JSON.stringify(line)}\n`),
  () => lab.state(),
)
const webhook = createWebhook({ url: webhookUrl, realNow: Date.now, log: () => undefined })
const lab = createLab(state, {
  clock: createClock(Date.now, state.at, speed),
  send: (event) => {
    wire.sent(event)
    void webhook(event)
  },
  save: (changed) => saveState(folder, changed),
})

let timer: NodeJS.Timeout | undefined
const wake = () => {
  clearTimeout(timer)
  lab.advance()
  timer = setTimeout(wake, Math.min(1_000, lab.clock.realMsUntil(lab.nextDueAt())))
}

const server = createNanomdmServer(lab, apiKey, {
  onRequest: wake,
  watch: {
    arrives: (request) => {
      wire.arrives(request)
      if (changes(request)) dieAt('arrives')
    },
    answered: (request, response) => {
      wire.answered(request, response)
      if (changes(request)) dieAt('answered')
    },
  },
})

process.on('message', (message: ToLab) => {
  if ('death' in message) death = message.death
  else if ('away' in message) lab.act(message.away, 'goOffline', undefined)
  else lab.add(message.add)
  wake()
  say({ done: true })
})
process.on('disconnect', () => process.exit())
server.listen(Number(port), '127.0.0.1', () => {
  lab.enrolOnce()
  wake()
  say({ ready: true })
})
