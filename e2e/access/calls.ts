import { randomUUID } from 'node:crypto'
import { makeApiKey, revokeApiKey } from '@/lib/core/accounts/api-keys'
import {
  changeOwnName,
  changeOwnPassword,
  endOtherSessions,
  endOwnSession,
  removeAuthenticatorApp,
  removePasskey,
} from '@/lib/core/accounts/change-own-account'
import { invitePerson, resetPassword, withdrawLink } from '@/lib/core/accounts/one-time-links'
import {
  changeEmail,
  changeRole,
  disablePerson,
  enablePerson,
} from '@/lib/core/accounts/save-person'
import { chooseDailySources } from '@/lib/core/catalogue/fetch-feeds'
import { importFeed } from '@/lib/core/catalogue/import-feed'
import { acknowledgeLoss } from '@/lib/core/devices/acknowledge-loss'
import { clearAlarm } from '@/lib/core/devices/clear-alarm'
import { holdDevice } from '@/lib/core/devices/hold-device'
import { badRowsCsv, importDevices, previewImport } from '@/lib/core/devices/import/import-devices'
import { keepUsb, previewUsb } from '@/lib/core/devices/read-usb'
import { retireDevice } from '@/lib/core/devices/retire-device'
import { saveDevice } from '@/lib/core/devices/save-device'
import { typeReadings } from '@/lib/core/devices/type-readings'
import { listWaiting, readHome } from '@/lib/core/home/list-waiting'
import { rereadEvents } from '@/lib/core/ingest/reread-events'
import { changeKnownIssue } from '@/lib/core/lab/change-known-issues'
import { changeAccessSettings, changeSettings } from '@/lib/core/lab/change-settings'
import { checkMail } from '@/lib/core/lab/check-mail'
import { checkServer } from '@/lib/core/lab/check-server'
import { controlVirtualLab, lookAtVirtualLab } from '@/lib/core/lab/control-virtual-lab'
import { renewWebhookToken, resumeSending, saveServer } from '@/lib/core/lab/save-server'
import { correctOutcome } from '@/lib/core/record/correct-outcome'
import { recheckSignatures } from '@/lib/core/record/export-csv'
import { exportBudget, exportBurnDown, exportProcurement } from '@/lib/core/record/export-plan'
import { noteError } from '@/lib/core/record/note-error'
import { answerQuery, askQuery, closeQuery } from '@/lib/core/record/query-trial'
import { readDevice, readTrial } from '@/lib/core/record/read-record'
import { approveTrial, lockTrial, unlockTrial } from '@/lib/core/record/seal-trial'
import { openOutcome, recordSecondReading } from '@/lib/core/record/second-reading'
import { cancelRelease } from '@/lib/core/release/cancel-release'
import { counterSign } from '@/lib/core/release/counter-sign'
import { pauseQueries } from '@/lib/core/release/pause-queries'
import { previewSlot } from '@/lib/core/release/preview-slot'
import { pushAgain } from '@/lib/core/release/push'
import { queryDevice } from '@/lib/core/release/query-device'
import { startQueryRun, stopQueryRun } from '@/lib/core/release/query-many'
import { releaseSlot } from '@/lib/core/release/release-slot'
import { endSendingStop } from '@/lib/core/release/sending-stop'
import { clearQueueAndWithdraw, lookUpQueue } from '@/lib/core/release/server-queue'
import { listWaitingReleases } from '@/lib/core/release/waiting-releases'
import { waiveRule } from '@/lib/core/release/waive-rule'
import { withdrawCommand } from '@/lib/core/release/withdraw-command'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import { now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import {
  assessDevice,
  assessOutcome,
  assessProtocolFits,
  assessTrialFit,
} from '@/lib/core/trials/assess'
import { voidTrial, withdrawTrial } from '@/lib/core/trials/close-trial'
import { concludeTrial, reopenTrial } from '@/lib/core/trials/conclude-trial'
import { armTrial, disarmTrial, draftTrial, registerTrial } from '@/lib/core/trials/prepare-trial'
import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { defaultAccessSettings } from '@/lib/domain/account/access-settings'
import type { Actor } from '@/lib/domain/account/permissions'
import { defaultLabSettings } from '@/lib/domain/settings'
import { attachmentCalls } from './attachment-calls'
import { benchCalls } from './bench-calls'
import { bookingCalls } from './booking-calls'
import { declarationCalls } from './declaration-calls'
import { deviceCalls } from './device-calls'
import { noticeCalls } from './notice-calls'
import { outcomeCalls } from './outcome-calls'
import { protocolCalls } from './protocol-calls'
import { radarCalls } from './radar-calls'
import { reportCalls } from './report-calls'

/** Arguments for the calls: IDs that exist, or IDs that do not. */
export type Records = {
  deviceId: string
  trialId: string
  protocolVersionId: string
  serverId: string
  serverSlug: string
  commandUuid: string
  personId: string
  verdictId: number
  /** ID of a loss, event or observation. */
  rowId: number
  /** Rows, for services that take what the page has read. */
  device: DeviceRow
  trial: Trial
}

export type Call = (db: Db, actor: Actor, records: Records) => Promise<unknown>

const { servers } = fakeServer()
const clock = () => now
const reason = 'tried by the matrix'
const file = { bytes: new TextEncoder().encode('serial,platform\nF70000000001,iOS\n') }
const usbPrint = '{"BatteryCurrentCapacity": 80}'
const feed = {
  bytes: new TextEncoder().encode('[{"identifier":"iPad4,1","name":"iPad Air","boards":[]}]'),
  ...{ fileName: 'devices.json', readOn: '2026-03-01' },
}
const lab = () => {
  throw new Error('the virtual lab was reached')
}
const planned = { environment: 'real', view: {}, bom: false } as const
const trial = ({ trialId }: Records) => ({ trialId })
const slot = ({ trialId }: Records) => ({ trialId, ordinal: 1 })
const query = ({ trialId, rowId }: Records) => ({ trialId, queryId: rowId, text: reason })
const seal = ({ trialId }: Records) => ({ trialId, proofId: undefined })
const command = ({ commandUuid }: Records) => ({ commandUuid, reason })
const draft = {
  labTag: '',
  name: 'From the matrix',
  enrollmentId: '',
  serial: '',
  platform: 'iOS' as const,
  modelIdentifier: '',
  modelName: '',
  location: '',
  holder: '',
  notes: '',
}

/** One well-formed call of each service that requires a permission, so that only the actor decides. */
export const calls: Record<string, Call> = {
  ...attachmentCalls,
  ...benchCalls,
  ...declarationCalls,
  ...deviceCalls,
  ...noticeCalls,
  ...radarCalls,
  ...bookingCalls,
  ...protocolCalls,
  ...reportCalls,
  ...outcomeCalls,
  'acknowledge-loss.acknowledgeLoss': (db, actor, { rowId }) =>
    acknowledgeLoss(db, actor, { id: rowId }, now),
  'api-keys.makeApiKey': (db, actor) =>
    makeApiKey(db, actor, { name: 'Of the matrix', scopes: ['read'], days: 1 }, now),
  'api-keys.revokeApiKey': (db, actor, { personId }) => revokeApiKey(db, actor, personId, now),
  'query-device.queryDevice': (db, actor, { deviceId }) =>
    queryDevice(db, actor, { deviceId }, now),
  'query-many.startQueryRun': (db, actor) =>
    startQueryRun(db, actor, { environment: 'real', filter: { text: 'no such device' } }, now),
  'query-many.stopQueryRun': (db, actor, { rowId }) =>
    stopQueryRun(db, actor, { runId: rowId }, now),
  'cancel-release.cancelRelease': (db, actor, it) => cancelRelease(db, actor, slot(it), now),
  'change-settings.changeAccessSettings': (db, actor) =>
    changeAccessSettings(db, actor, defaultAccessSettings, now),
  'save-person.changeEmail': (db, actor, { personId }) =>
    changeEmail(db, actor, { personId, email: `${randomUUID()}@lab.example` }, now),
  'change-own-account.changeOwnName': (db, actor) => changeOwnName(db, actor, actor.name, now),
  'change-own-account.changeOwnPassword': (db, actor) =>
    changeOwnPassword(db, actor, { oldPassword: '', password: '', sessionId: '' }, now),
  'change-own-account.endOtherSessions': (db, actor) => endOtherSessions(db, actor, 'none'),
  'change-own-account.endOwnSession': (db, actor) => endOwnSession(db, actor, 'none'),
  'change-own-account.removeAuthenticatorApp': (db, actor) =>
    removeAuthenticatorApp(db, actor, { password: '' }, now),
  'change-own-account.removePasskey': (db, actor, { deviceId: keyId }) =>
    removePasskey(db, actor, { password: '', keyId, signedInAt: now }, now),
  'change-known-issues.changeKnownIssue': (db, actor) =>
    changeKnownIssue(db, actor, { kind: 'ended', issue: 9999, reason: 'tried by the matrix' }, now),
  'change-settings.changeSettings': (db, actor) =>
    changeSettings(db, actor, { ...defaultLabSettings, holdSeconds: 77 }, now),
  'check-server.checkServer': (db, actor, { serverId }) =>
    checkServer(db, servers, actor, { serverId }, clock),
  'clear-alarm.clearAlarm': (db, actor, { rowId }) =>
    clearAlarm(db, actor, { id: rowId, reason: 'looked at the device' }, now),
  'server-queue.clearQueueAndWithdraw': (db, actor, it) =>
    clearQueueAndWithdraw(db, servers, actor, command(it), clock),
  'close-trial.voidTrial': (db, actor, it) => voidTrial(db, actor, { ...seal(it), reason }, now),
  'close-trial.withdrawTrial': (db, actor, it) =>
    withdrawTrial(db, actor, { ...trial(it), reason }, now),
  'conclude-trial.concludeTrial': (db, actor, it) =>
    concludeTrial(db, actor, { ...trial(it), outcome: 'refused', reason }, now),
  'control-virtual-lab.controlVirtualLab': (db, actor, { serverSlug: slug }) =>
    controlVirtualLab(db, actor, { slug, order: { kind: 'reset' } }, lab),
  'control-virtual-lab.lookAtVirtualLab': (db, actor, { serverSlug: slug }) =>
    lookAtVirtualLab(db, actor, { slug }, lab),
  'correct-outcome.correctOutcome': (db, actor, it) =>
    correctOutcome(db, actor, { ...seal(it), outcome: 'refused', reason }, now),
  'second-reading.openOutcome': (db, actor, it) => openOutcome(db, actor, trial(it), now),
  'second-reading.recordSecondReading': (db, actor, it) =>
    recordSecondReading(db, actor, { ...trial(it), outcome: 'refused', reason }, now),
  'counter-sign.counterSign': (db, actor, it) =>
    counterSign(db, actor, { ...slot(it), ...seal(it), verdictId: it.verdictId }, now),
  'sending-stop.endSendingStop': (db, actor, { rowId }) =>
    endSendingStop(db, actor, { id: rowId, reason: 'looked at them all' }, now),
  'export-plan.exportBudget': (db, actor) => exportBudget(db, actor, planned, now),
  'export-plan.exportBurnDown': (db, actor) => exportBurnDown(db, actor, planned, now),
  'export-plan.exportProcurement': (db, actor) => exportProcurement(db, actor, planned, now),
  'hold-device.holdDevice': (db, actor, { deviceId }) =>
    holdDevice(db, actor, { deviceId, reason, until: new Date(now.getTime() + 60_000) }, now),
  'import-devices.badRowsCsv': (db, actor) => badRowsCsv(db, actor, file, now),
  'import-devices.importDevices': (db, actor) =>
    importDevices(db, actor, { ...file, hash: '0'.repeat(64) }, now),
  'fetch-feeds.chooseDailySources': (db, actor) =>
    chooseDailySources(db, actor, { sources: ['pmv'] }, now),
  'import-feed.importFeed': (db, actor) => importFeed(db, actor, feed, now),
  'import-devices.previewImport': (db, actor) => previewImport(db, actor, file, now),
  'assess.assessProtocolFits': (db, actor, { deviceId }) =>
    assessProtocolFits(db, actor, { deviceId }, now),
  'assess.assessTrialFit': (db, actor, { deviceId, trialId }) =>
    assessTrialFit(db, actor, { deviceId, trialId, plan: twoSlots }, now),
  'assess.assessDevice': (db, actor, { device }) => assessDevice(db, actor, device, now),
  'assess.assessOutcome': (db, actor, it) =>
    assessOutcome(db, actor, { trial: it.trial, version: { plan: twoSlots } }, now),
  'server-queue.lookUpQueue': (db, actor, it) =>
    lookUpQueue(db, servers, actor, command(it), clock),
  'one-time-links.invitePerson': (db, actor) =>
    invitePerson(db, actor, { email: `${randomUUID()}@lab.example`, role: 'admin' }, now),
  'one-time-links.resetPassword': (db, actor, { personId }) =>
    resetPassword(db, actor, { personId, removesSecondFactors: false }, now),
  'one-time-links.withdrawLink': (db, actor, { deviceId }) =>
    withdrawLink(db, actor, deviceId, now),
  'note-error.noteError': (db, actor) =>
    noteError(db, actor, { domain: 'NoSuchDomain', code: 1, text: 'Seen nowhere.' }, now),
  'prepare-trial.armTrial': (db, actor, it) =>
    armTrial(db, actor, { ...trial(it), serialLast4: '0000' }, now),
  'prepare-trial.disarmTrial': (db, actor, it) => disarmTrial(db, actor, trial(it), now),
  'prepare-trial.draftTrial': (db, actor, { deviceId, protocolVersionId }) =>
    draftTrial(db, actor, { deviceId, protocolVersionId, expectation: 'It installs.' }, now),
  'prepare-trial.registerTrial': (db, actor, it) => registerTrial(db, actor, trial(it), now),
  'push.pushAgain': (db, actor, it) => pushAgain(db, servers, actor, command(it), now),
  'query-trial.answerQuery': (db, actor, it) => answerQuery(db, actor, query(it), now),
  'query-trial.askQuery': (db, actor, it) =>
    askQuery(db, actor, { ...trial(it), field: 'outcome', text: 'Why this one?' }, now),
  'query-trial.closeQuery': (db, actor, it) => closeQuery(db, actor, query(it), now),
  'pause-queries.pauseQueries': (db, actor, it) => pauseQueries(db, actor, slot(it), now),
  'preview-slot.previewSlot': (db, actor, it) => previewSlot(db, actor, slot(it), now),
  'read-record.readDevice': (db, actor, { deviceId: id }) =>
    readDevice(db, actor, { id, asOf: now.toISOString() }, new Date()),
  'read-record.readTrial': (db, actor, { trialId: id }) =>
    readTrial(db, actor, { id, asOf: now.toISOString() }, new Date()),
  'export-csv.recheckSignatures': (db, actor) =>
    recheckSignatures(db, actor, { environment: 'real', filter: {} }, now),
  'release-slot.releaseSlot': (db, actor, it) =>
    releaseSlot(db, actor, { ...slot(it), ...seal(it), verdictId: it.verdictId }, now),
  'conclude-trial.reopenTrial': (db, actor, it) =>
    reopenTrial(db, actor, { ...trial(it), reason }, now),
  'reread-events.rereadEvents': (db, actor, { rowId }) =>
    rereadEvents(db, actor, { id: rowId }, now),
  'retire-device.retireDevice': (db, actor, { deviceId }) =>
    retireDevice(db, actor, { deviceId, to: 'retired', reason }, now),
  'save-device.saveDevice': (db, actor, { deviceId }) =>
    saveDevice(
      db,
      actor,
      { draft, mdmServerId: undefined, existing: { deviceId, seenUpdatedAt: now } },
      now,
    ),
  'save-person.changeRole': (db, actor, { personId }) =>
    changeRole(db, actor, { personId, role: 'admin' }, now),
  'save-person.disablePerson': (db, actor, { personId }) => disablePerson(db, actor, personId, now),
  'save-person.enablePerson': (db, actor, { personId }) => enablePerson(db, actor, personId, now),
  'save-server.renewWebhookToken': (db, actor, { serverId }) =>
    renewWebhookToken(db, actor, serverId),
  'save-server.resumeSending': (db, actor, { serverId }) => resumeSending(db, actor, serverId),
  'save-server.saveServer': (db, actor, { serverId: id }) =>
    saveServer(db, actor, {
      id,
      name: 'From the matrix',
      slug: `m-${randomUUID()}`,
      url: 'https://mdm.lab.example',
      apiKey: undefined,
      hmacKey: undefined,
    }),
  'seal-trial.approveTrial': (db, actor, it) => approveTrial(db, actor, seal(it), now),
  'seal-trial.lockTrial': (db, actor, it) => lockTrial(db, actor, seal(it), now),
  'seal-trial.unlockTrial': (db, actor, it) => unlockTrial(db, actor, { ...seal(it), reason }, now),
  'check-mail.checkMail': (db, actor) =>
    checkMail(db, actor, async () => ({ status: 'sent' }), now),
  'read-usb.keepUsb': (db, actor, { deviceId }) =>
    keepUsb(db, actor, { deviceId, text: usbPrint, minutesAgo: 0, vouched: true }, now),
  'read-usb.previewUsb': (db, actor, { deviceId }) =>
    previewUsb(db, actor, { deviceId, text: usbPrint, minutesAgo: 0, vouched: true }, now),
  'type-readings.typeReadings': (db, actor, { deviceId }) =>
    typeReadings(db, actor, { deviceId, texts: { batteryLevel: '80' } }, now),
  'waiting-releases.listWaitingReleases': (db, actor) =>
    listWaitingReleases(db, actor, 'real', now),
  'list-waiting.listWaiting': (db, actor) => listWaiting(db, actor, 'real', now),
  'list-waiting.readHome': (db, actor) => readHome(db, actor, 'real', now),
  'waive-rule.waiveRule': (db, actor, it) =>
    waiveRule(db, actor, { ...slot(it), ...seal(it), ruleId: 'Q12', reason }, now),
  'withdraw-command.withdrawCommand': (db, actor, it) =>
    withdrawCommand(db, actor, command(it), now),
}
