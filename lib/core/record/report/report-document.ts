import type { Block, Line, ReportDocument, Section } from '@/lib/domain/report/blocks'
import { minutesInWords } from '@/lib/domain/text/minutes'
import { stratumWords } from '@/lib/domain/trial/arms'
import { interventionWords } from '@/lib/domain/trial/mechanism'
import { primaryOutcomeInfo } from '@/lib/domain/trial/primary-outcome'
import { commandsSection, repliesSection, timelineSection } from './document-course'
import { deviationsSection, outcomeSection, reviewSection, signaturesSection } from './document-end'
import { startSections } from './document-start'
import { facts, orUnknown, orUnwritten, table, time } from './document-words'
import type { TrialReport } from './report-format'

/** A report in words, in the order in which a person reads it. The page and the PDF are written from this. */
export function reportDocument(report: TrialReport): ReportDocument {
  const { name, mark, protocol, device, readAt, head } = report
  return {
    title: `Trial ${name}`,
    subtitle: `${protocol.title}, version ${protocol.version}, on ${device.labTag ?? device.name}`,
    mark: mark ?? undefined,
    standing: standingOf(report),
    sections: [
      questionSection(report),
      deviceSection(report),
      ...startSections(report),
      comparisonSection(report),
      commandsSection(report),
      timelineSection(report),
      repliesSection(report),
      outcomeSection(report),
      deviationsSection(report),
      reviewSection(report),
      signaturesSection(report),
      trailSection(report),
    ],
    foot: `${name}${mark ? ', SIMULATED' : ''}, read ${time(readAt)}. Audit trail: entry ${head.seq}, ${head.hash}`,
    at: readAt,
  }
}

/** In one sentence, before everything else. */
function standingOf({ trial, outcome }: TrialReport): string {
  const last = outcome.decisions.at(-1)
  return trial.concluded && outcome.outcome !== null && last
    ? `Concluded: ${last.label}. Decided by ${last.by}, ${time(last.at)}.`
    : trial.standing
}

function questionSection({ protocol, registration, trial, arm }: TrialReport): Section {
  const { sealedAt, sealedBy, sha256 } = registration
  const primary = primaryOutcomeInfo[protocol.primaryOutcome]
  const sealed: Line = sealedAt
    ? `${time(sealedAt)} by ${orUnknown(sealedBy)}`
    : 'not sealed: it could still be changed'
  return {
    title: 'Question and registration',
    blocks: [
      facts({
        Question: protocol.question,
        Protocol: `${protocol.title}, version ${protocol.version}`,
        'Protocol ID': [{ text: protocol.id, code: true }],
        Hypothesis: orUnwritten(protocol.hypothesis),
        Inclusion: orUnwritten(protocol.inclusion),
        Exclusion: orUnwritten(protocol.exclusion),
        'Expectation of the engineer': orUnwritten(registration.expectation),
        'Primary outcome': `${primary.label}: a trial counts where ${primary.countsWhere}`,
        'Stop rule': orUnwritten(protocol.stopRule),
        Deadline: `${minutesInWords(protocol.deadlineMinutes)} after the release`,
        Arm: armWords(arm),
        [interventionsOf(protocol)]: protocol.commands
          .map(({ ordinal, words }) => `${ordinal}. ${words}`)
          .join('; '),
        Sealed: sealed,
        'SHA-256 of the registration': sha256 ? [{ text: sha256, code: true }] : 'none yet',
        Drafted: `${time(trial.draftedAt)} by ${trial.draftedBy}`,
        'Trial ID': [{ text: trial.id, code: true }],
        Environment: trial.environment,
      }),
    ],
  }
}

/** The arm, what it asks for, and how the trial got it: at random, or by choice with the reason. */
function armWords(arm: TrialReport['arm']): string {
  if (!arm) return 'none: the protocol has no arms'
  const { name, asks, reason, place } = arm
  const how = place
    ? `assigned at random: position ${place.position} in ${stratumWords(place.stratum)}, block ${place.block}, of the list whose seed has the SHA-256 ${place.seedSha256}`
    : `assigned by choice: ${reason}`
  return `${name} (${asks}); ${how}; ${time(arm.at)} by ${arm.by}`
}

function deviceSection({ device }: TrialReport): Section {
  const { server } = device
  return {
    title: 'Device',
    blocks: [
      facts({
        'Lab tag': orUnknown(device.labTag),
        Name: device.name,
        Platform: device.platform,
        Model: orUnknown([device.modelName, device.modelIdentifier].filter(Boolean).join(', ')),
        Serial: orUnknown(device.serial),
        'Enrollment ID': orUnknown(device.enrollmentId),
        'Device ID': [{ text: device.id, code: true }],
        'MDM server': server
          ? `${server.name} (${server.kind}, storage ${server.storage})`
          : 'unknown',
      }),
      { kind: 'text', muted: true, line: 'As the device is described now.' },
    ],
  }
}

function comparisonSection({ expectedAndSeen }: TrialReport): Section {
  const rows = expectedAndSeen.map(({ about, expected, seen, result }) => [
    [{ text: about, strong: true as const }],
    expected,
    result === null ? seen : [...seen, { text: result, strong: true as const }],
  ])
  return {
    title: 'Expected and seen',
    blocks: [table({ About: 14, Expected: 43, Seen: 43 }, rows)],
  }
}

function trailSection({ head, readAt }: TrialReport): Section {
  const blocks: Block[] = [
    facts({
      'Entry of the audit trail': String(head.seq),
      'Its hash': [{ text: head.hash, code: true }],
      Read: time(readAt),
    }),
    {
      kind: 'text',
      muted: true,
      line: 'This is the newest entry of the whole audit trail when the report was read. Kept outside of the lab, it proves later that nothing before it was altered: npm run audit:verify -- --seq <entry> --head <hash>.',
    },
  ]
  return { title: 'Audit trail', blocks }
}

/** What the slots of the protocol are called together. */
function interventionsOf({ commands }: TrialReport['protocol']): string {
  const declared = commands.filter(({ declaration }) => declaration !== null).length
  if (declared === 0) return interventionWords.command
  return interventionWords[declared === commands.length ? 'declaration' : 'both']
}
