import { chooseMail } from '@/lib/core/notices/choose-mail'
import { discardDelivery, retryDelivery } from '@/lib/core/notices/decide-delivery'
import {
  deleteTarget,
  renewTargetSecret,
  saveTarget,
  sendTestNotice,
} from '@/lib/core/notices/save-target'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

const target = { url: 'https://hooks.example', topics: [], withSimulated: false, isOn: false }

/** One call of each service of notices; the ID of a server stands for one of a receiver. */
export const noticeCalls: Record<string, Call> = {
  'choose-mail.chooseMail': (db, actor) =>
    chooseMail(db, actor, { topics: ['trial.lost'], withSimulated: false }, { mailIsSet: true }),
  'decide-delivery.discardDelivery': (db, actor, { rowId: id }) =>
    discardDelivery(db, actor, { id }, now),
  'decide-delivery.retryDelivery': (db, actor, { rowId: id }) =>
    retryDelivery(db, actor, { id }, now),
  'save-target.deleteTarget': (db, actor, { serverId }) => deleteTarget(db, actor, serverId),
  'save-target.renewTargetSecret': (db, actor, { serverId }) =>
    renewTargetSecret(db, actor, serverId, now),
  'save-target.saveTarget': (db, actor, { serverId: id }) =>
    saveTarget(db, actor, { ...target, id, name: 'Of the matrix' }, now),
  'save-target.sendTestNotice': (db, actor, { serverId }) =>
    sendTestNotice(db, actor, serverId, now),
}
