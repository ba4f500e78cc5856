-- One row per trial. `trial` is the key to join by and is not exported; the others are the columns of the
-- CSV in their order, which lib/domain/export/trial-columns.ts names and lib/core/record/export-csv.ts explains.
CREATE VIEW trial_export AS
SELECT
  t.id AS trial,
  'T-' || t.number AS trial_id,
  csv_safe(d.lab_tag) AS lab_tag,
  d.platform,
  -- As frozen at the release: a person may correct it later.
  csv_safe(coalesce(t.starting_facts ->> 'modelIdentifier', d.model_identifier)) AS model_identifier,
  csv_safe(right(coalesce(t.starting_facts ->> 'serial', d.serial), 4)) AS serial_last4,
  csv_safe(v.plan ->> 'title') AS protocol,
  v.version AS protocol_version,
  csv_time(t.registered_at) AS registered_at,
  t.registration_hash,
  CASE WHEN t.prediction IS NULL THEN 'NA' ELSE array_to_string(t.prediction, '; ') END AS prediction,
  csv_safe(arm.name) AS arm,
  csv_safe(arm.levels) AS arm_levels,
  arm.assigned AS arm_assigned,
  csv_safe(arm.reason) AS arm_reason,
  csv_safe(arm.stratum) AS arm_stratum,
  arm.block AS arm_block,
  arm.position AS arm_position,
  arm.seed_sha256 AS arm_seed_sha256,
  csv_safe(t.start_os) AS start_os,
  csv_safe(t.start_build) AS start_build,
  csv_safe(t.starting_state #>> '{osSupplementalBuild,value}') AS start_supplemental_build,
  csv_safe(coalesce(slot.product_version, offer.version)) AS target_os,
  csv_safe(coalesce(slot.declared_build, substring(slot.product_key FROM '^[A-Za-z]+Update(\d{1,2}[A-Z]\d{1,7}[a-z]?)$'), offer.build)) AS target_build,
  slot.mechanism,
  csv_safe(declared.local_time) AS declared_local_time,
  csv_safe(t.starting_state #>> '{timeZone,value}') AS time_zone,
  csv_bool(frozen_bool(t.starting_state, 'supervised')) AS supervised,
  csv_bool(frozen_bool(t.starting_state, 'depEnrolled')) AS dep,
  CASE WHEN d.platform = 'tvOS' THEN 'NA'
    ELSE CASE frozen_bool(t.starting_state, 'passcodePresent') WHEN true THEN 'set' WHEN false THEN 'notSet' END END AS passcode,
  CASE WHEN d.platform = 'tvOS' THEN 'NA'
    ELSE (CASE WHEN battery.level BETWEEN 0 AND 1 THEN battery.level END)::text END AS battery_fraction,
  csv_bool(frozen_bool(t.starting_state, 'externalPower')) AS external_power,
  CASE WHEN disk.free >= 0 THEN round(disk.free * 1000000000) END AS free_bytes,
  csv_safe(t.starting_state -> 'network' ->> 'value') AS network,
  frozen.typed AS readings_typed,
  floor(extract(epoch FROM t.released_at - frozen.oldest))::bigint AS readings_oldest_s,
  (
    SELECT csv_safe(string_agg((f.one ->> 'name') || ': ' || coalesce(nullif(btrim((f.one ->> 'value') || ' ' || (f.one ->> 'unit')), ''), 'not given'), '; ' ORDER BY f.at))
    FROM jsonb_array_elements(t.starting_facts -> 'fields') WITH ORDINALITY AS f (one, at)
  ) AS custom_fields,
  csv_safe(t.starting_facts #>> '{custody,holderName}') AS custodian,
  csv_safe(q.rule_set_version) AS rule_set_version,
  csv_time(q.judged_at) AS qualified_at,
  (
    SELECT csv_safe(string_agg(w.rule_id || ' by ' || w.by_name || ': ' || w.reason, '; ' ORDER BY w.id))
    FROM waivers w WHERE w.trial_id = t.id
  ) AS waivers,
  csv_time(t.released_at) AS released_at,
  sent.slots AS slots_sent,
  sent.uuids AS command_uuids,
  csv_time(first.reply_at) AS first_reply_at,
  csv_safe(reply.status) AS reply_status,
  csv_safe(reply.error_domain) AS error_domain,
  reply.error_code,
  replies.first_status AS reply_status_1,
  replies.first_domain AS error_domain_1,
  replies.first_code AS error_code_1,
  replies.every_one AS replies,
  CASE WHEN seen.prompt THEN 'true' WHEN t.outcome = 'promptNeverShown' THEN 'false' END AS prompt_shown,
  coalesce(e.state, 'NA') AS end_state,
  csv_safe(e.os) AS end_os,
  csv_safe(e.build) AS end_build,
  csv_safe(e.supplemental_build) AS end_supplemental_build,
  CASE WHEN t.consumed THEN floor(extract(epoch FROM t.end_seen_at - t.sent_at))::bigint::text ELSE 'NA' END AS time_to_install_s,
  CASE WHEN NOT t.consumed THEN 'NA'
    WHEN e.state = 'changed' THEN 'false'
    WHEN t.state <> 'observing' THEN 'true' END AS censored,
  CASE WHEN t.state IN ('withdrawn', 'void', 'lost') AND t.outcome IS NULL THEN 'NA' ELSE t.outcome END AS outcome,
  CASE WHEN (v.plan ->> 'secondReader') IS DISTINCT FROM 'true' OR t.state IN ('withdrawn', 'void', 'lost') THEN 'NA'
    WHEN t.outcome_awaits IS NOT NULL THEN t.outcome_awaits
    WHEN second.id IS NULL THEN NULL
    WHEN second.agrees THEN 'agreed' ELSE 'adjudicated' END AS second_reading,
  CASE WHEN second.id IS NULL THEN 'NA' ELSE second.first END AS first_outcome,
  CASE WHEN second.id IS NULL THEN 'NA' ELSE second.outcome END AS second_outcome,
  csv_safe(second.by_name) AS second_reader,
  csv_time(second.at) AS second_read_at,
  CASE WHEN second.id IS NULL THEN 'NA' ELSE csv_bool(second.unblinded_by IS NULL) END AS second_blinded,
  CASE WHEN t.state = 'concluded' THEN csv_safe(coalesce(decided.by_name, t.concluded_by)) END AS outcome_by,
  CASE WHEN t.state = 'concluded' AND t.outcome IS NOT NULL THEN csv_bool(t.overruled) END AS overruled,
  CASE WHEN t.state = 'concluded' AND t.outcome IS NOT NULL THEN csv_bool(outcome_against_end(t.outcome, e.state)) END AS against_builds,
  v.primary_outcome,
  CASE WHEN t.state <> 'concluded' OR t.outcome IS NULL OR t.outcome IN {{outcomes_left_out}} OR outcome_against_end(t.outcome, e.state) THEN 'NA'
    ELSE primary_reached(v.primary_outcome, t.outcome)::text END AS primary_reached,
  CASE WHEN (t.state = 'concluded' AND t.outcome IS NOT NULL) OR t.prediction IS NULL THEN
    CASE prediction_result(t.prediction, t.outcome, e.state) WHEN 'cameTrue' THEN 'true' WHEN 'didNot' THEN 'false' ELSE 'NA' END
  END AS prediction_came_true,
  CASE WHEN compared.replies > 0 THEN csv_safe(coalesce(odd.fingerprints, 'none')) END AS contradictions,
  csv_safe(deviated.texts) AS deviations,
  (
    SELECT count(*) FROM attachments a WHERE a.trial_id = t.id
      AND NOT EXISTS (SELECT FROM attachment_withdrawals w WHERE w.attachment_id = a.id)
  ) AS attachments,
  csv_safe(review.approved_by) AS reviewed_by,
  csv_time(review.locked_at) AS locked_at,
  CASE WHEN t.simulated THEN 'SIMULATED' ELSE 'real' END AS environment,
  signed.signatures,
  signed.broken_signatures,
  signed.signatures_checked_at
FROM trials t
JOIN trial_end e ON e.trial = t.id
JOIN devices d ON d.id = t.device_id
JOIN protocol_versions v ON v.id = t.protocol_version_id
LEFT JOIN verdicts q ON q.id = t.verdict_id
-- What does not apply is NA in a code or a number and empty in a text, which may be NA itself: everything in a protocol
-- without arms, the reason of a random arm, the place of a chosen one.
CROSS JOIN LATERAL (
  SELECT a.arm AS name, coalesce(a.method, 'NA') AS assigned, a.reason,
    (
      SELECT string_agg(l.key || '=' || l.value, '; ' ORDER BY l.key)
      FROM jsonb_array_elements(v.plan #> '{design,arms}') one, jsonb_each_text(one -> 'levels') l
      WHERE one ->> 'name' = a.arm
    ) AS levels,
    a.stratum, coalesce(a.block::text, 'NA') AS block, coalesce(a.position::text, 'NA') AS position,
    coalesce(s.seed_sha256, 'NA') AS seed_sha256
  FROM (SELECT t.id) one LEFT JOIN arm_assignments a ON a.trial_id = one.id LEFT JOIN arm_lists s ON s.id = a.list_id
) arm
CROSS JOIN LATERAL (
  SELECT v.plan #>> '{slots,0,productKey}' AS product_key,
    coalesce(v.plan #>> '{slots,0,productVersion}', v.plan #>> '{slots,0,targetVersion}') AS product_version,
    v.plan #>> '{slots,0,targetBuild}' AS declared_build,
    (
      SELECT CASE WHEN min(kind) = max(kind) THEN min(kind) ELSE 'both' END
      FROM (SELECT coalesce(one ->> 'mechanism', 'command') AS kind FROM jsonb_array_elements(v.plan -> 'slots') one) kinds
    ) AS mechanism
) slot
-- From the bytes that were signed: their first line is the configuration.
LEFT JOIN LATERAL (
  SELECT split_part(convert_from(c.plist, 'UTF8'), E'\n', 1)::jsonb #>> '{Payload,TargetLocalDateTime}' AS local_time
  FROM commands c
  WHERE c.trial_id = t.id AND c.request_type = 'SoftwareUpdateEnforcement'
  ORDER BY c.slot_ordinal LIMIT 1
) declared ON true
CROSS JOIN LATERAL (SELECT frozen_number(t.starting_state, 'batteryLevel') AS level) battery
CROSS JOIN LATERAL (SELECT frozen_number(t.starting_state, 'freeCapacity') AS free) disk
-- What the device offered under that name at release, where it offered exactly one.
CROSS JOIN LATERAL (
  SELECT CASE WHEN count(*) = 1 THEN min(u ->> 'version') END AS version,
         CASE WHEN count(*) = 1 THEN min(u ->> 'build') END AS build
  FROM jsonb_array_elements(
    CASE jsonb_typeof(t.starting_state #> '{availableUpdates,value}') WHEN 'array' THEN t.starting_state #> '{availableUpdates,value}' ELSE '[]' END
  ) u
  WHERE (slot.product_key IS NULL OR u ->> 'productKey' = slot.product_key)
    AND (slot.product_version IS NULL OR u ->> 'version' = slot.product_version)
) offer
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE r.value ->> 'source' = 'typed') AS typed, min((r.value ->> 'answeredAt')::timestamptz) AS oldest
  FROM jsonb_each(t.starting_state) r
) frozen ON t.starting_state IS NOT NULL
-- Requests that left or may have left this machine; held, cancelled and provably unsent ones do not count.
CROSS JOIN LATERAL (
  SELECT count(*) AS slots, string_agg(c.command_uuid::text, ' ' ORDER BY c.slot_ordinal) AS uuids
  FROM commands c
  WHERE c.trial_id = t.id AND c.purpose = 'intervention' AND c.state IN {{may_have_left}}
) sent
CROSS JOIN LATERAL (
  SELECT min(e.at) AS reply_at
  FROM commands c JOIN command_events e ON e.command_uuid = c.command_uuid AND e.kind IN ('answered', 'notNow')
  WHERE c.trial_id = t.id AND c.purpose = 'intervention'
) first
LEFT JOIN LATERAL (
  SELECT coalesce(c.answer_status, 'NotNow') AS status, c.answer_error_domain AS error_domain, c.answer_error_code AS error_code
  FROM commands c
  WHERE c.trial_id = t.id AND c.purpose = 'intervention' AND (c.answered_at IS NOT NULL OR c.not_now_count > 0)
  ORDER BY c.slot_ordinal DESC LIMIT 1
) reply ON true
-- The answer to each command, in the order of the slots; the first one also by itself.
CROSS JOIN LATERAL (
  SELECT
    csv_safe(max(a.status) FILTER (WHERE a.slot = 1)) AS first_status,
    csv_safe(max(a.domain) FILTER (WHERE a.slot = 1)) AS first_domain,
    max(a.code) FILTER (WHERE a.slot = 1) AS first_code,
    csv_safe(string_agg(concat_ws(' ', a.slot || ':', coalesce(a.status, 'none'), a.domain, a.code::text), '; ' ORDER BY a.slot)) AS every_one
  FROM (
    SELECT c.slot_ordinal AS slot, coalesce(c.answer_status, CASE WHEN c.not_now_count > 0 THEN 'NotNow' END) AS status,
      c.answer_error_domain AS domain, c.answer_error_code AS code
    FROM commands c
    WHERE c.trial_id = t.id AND c.purpose = 'intervention' AND c.state IN {{may_have_left}}
  ) a
) replies
CROSS JOIN LATERAL (
  SELECT string_agg(s.what, '; ' ORDER BY s.id) AS texts FROM deviation_entries s WHERE s.trial = t.id AND s.counts
) deviated
CROSS JOIN LATERAL (
  SELECT bool_or(true) AS prompt
  FROM observations o
  WHERE o.trial_id = t.id AND o.kind = 'promptShown'
    AND NOT EXISTS (SELECT FROM observations later WHERE later.corrects_id = o.id)
) seen
CROSS JOIN LATERAL (
  SELECT count(*) AS replies FROM reply_checks k WHERE k.trial_id = t.id AND k.os_version IS NOT NULL
) compared
CROSS JOIN LATERAL (
  SELECT string_agg(DISTINCT x.fingerprint, '; ') AS fingerprints FROM contradictions x WHERE x.trial_id = t.id AND stands(x.id)
) odd
LEFT JOIN trial_reviews review ON review.trial_id = t.id
-- A correction of the outcome is a new row; the newest one applies.
LEFT JOIN LATERAL (
  SELECT o.by_name FROM outcome_decisions o WHERE o.trial_id = t.id ORDER BY o.id DESC LIMIT 1
) decided ON true
LEFT JOIN LATERAL (
  SELECT r.id, r.agrees, r.outcome, r.by_name, r.at, r.unblinded_by, o.decided AS first
  FROM second_readings r JOIN outcome_decisions o ON o.id = r.decision_id WHERE r.trial_id = t.id
) second ON true
-- A signature that was not checked yet is neither broken nor valid.
CROSS JOIN LATERAL (
  SELECT
    csv_safe(string_agg(g.act || ' by ' || g.by_name || ' (' || g.by_role || ') at ' || csv_time(g.at) || ' by ' || g.method
      || ', meaning ' || g.meaning || ', sha256 ' || g.record_sha256
      || coalesce(', within 24 h after a reset of the password' || CASE WHEN r.second_factors_removed THEN ' and the second factors' ELSE '' END
        || ' by ' || r.reset_by || ' at ' || csv_time(r.reset_at), ''), '; ' ORDER BY g.id)) AS signatures,
    CASE WHEN count(*) = 0 THEN 'NA' WHEN bool_and(c.signature_id IS NOT NULL)
      THEN count(*) FILTER (WHERE c.differences <> '{}')::text END AS broken_signatures,
    CASE WHEN count(*) = 0 THEN 'NA' WHEN bool_and(c.signature_id IS NOT NULL)
      THEN csv_time(min(c.checked_at)) END AS signatures_checked_at
  FROM signatures g LEFT JOIN signature_checks c ON c.signature_id = g.id
    LEFT JOIN LATERAL reset_before_signature(g.by_id, g.at) r ON true
  -- An overrule would tell something of an outcome that is withheld.
  WHERE g.trial_id = t.id AND NOT (g.act = 'overrule' AND second.id IS NULL AND t.state IN ('observing', 'concluded') AND (v.plan ->> 'secondReader') IS NOT DISTINCT FROM 'true')
) signed;
