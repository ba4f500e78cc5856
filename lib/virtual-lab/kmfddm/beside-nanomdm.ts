import { type ApiRequest, type ApiResponse, kmfddmPath } from '../http-exchange'
import type { Lab } from '../lab'
import { answerNanomdm } from '../nanomdm-api'
import { answerKmfddm, type KmfddmPorts } from './kmfddm-api'

/** KMFDDM beside the lab's NanoMDM, which it tells of changes with the same key. */
const kmfddmPorts = (lab: Lab, apiKey: string): KmfddmPorts => ({
  store: () => lab.state().declarations,
  keep: lab.keepDeclarations,
  now: () => lab.clock.calendarAt(lab.clock.now()),
  enqueue: (ids, plist) => {
    if (lab.state().server.declarations === 'notifiesNobody') return
    answerNanomdm(lab, apiKey, {
      method: 'PUT',
      path: `/v1/enqueue/${ids.map(encodeURIComponent).join(',')}`,
      query: new URLSearchParams(),
      authorization: `Basic ${Buffer.from(`nanomdm:${apiKey}`).toString('base64')}`,
      body: Buffer.from(plist),
    })
  },
})

/** Answers KMFDDM's API below `kmfddmPath`. */
export const answerDeclarations = (lab: Lab, apiKey: string, request: ApiRequest): ApiResponse =>
  answerKmfddm(kmfddmPorts(lab, apiKey), apiKey, {
    ...request,
    path: request.path.slice(kmfddmPath.length),
  })
