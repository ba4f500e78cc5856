-- What the CSV exports read. What a column means stands in lib/domain/export-columns; a test holds the two together.

-- A cell that a spreadsheet would take for a formula gets an apostrophe in front: = + - @, tab and line ends, and
-- the full-width signs that some spreadsheets fold to them (https://owasp.org/www-community/attacks/CSV_Injection).
-- Typed numbers never pass through here, so a negative one stays a number.
CREATE FUNCTION csv_safe(cell text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN cell <> '' AND position(left(cell, 1) IN E'=+-@\t\r\n＝＋－＠') > 0 THEN '''' || cell ELSE cell END
$$;
--> statement-breakpoint
-- ISO 8601 in UTC with milliseconds, whatever the session's time zone and date style.
CREATE FUNCTION csv_time(moment timestamptz) RETURNS text STABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
--> statement-breakpoint
CREATE FUNCTION csv_bool(answer boolean) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN answer THEN 'true' ELSE 'false' END
$$;
--> statement-breakpoint
-- The value of a frozen reading, where it has the type it should: a text or a strange number is "not known", never an error.
CREATE FUNCTION frozen_bool(state jsonb, field text) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(state -> field -> 'value') = 'boolean' THEN (state -> field -> 'value')::boolean END
$$;
--> statement-breakpoint
CREATE FUNCTION frozen_number(state jsonb, field text) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(state -> field -> 'value') = 'number' THEN (state -> field -> 'value')::numeric END
$$;
--> statement-breakpoint
-- One row per trial. `trial` is the key to join by and is not exported; the others are the columns, in their order.
CREATE VIEW trial_export AS
SELECT
  t.id AS trial,
  'T-' || t.number AS trial_id,
  csv_safe(d.lab_tag) AS lab_tag,
  d.platform,
  csv_safe(d.model_identifier) AS model_identifier,
  csv_safe(right(d.serial, 4)) AS serial_last4,
  'ScheduleOSUpdate'::text AS mechanism,
  csv_safe(v.plan ->> 'title') AS protocol,
  v.version AS protocol_version,
  csv_time(t.registered_at) AS registered_at,
  t.registration_hash,
  csv_safe(t.start_os) AS start_os,
  csv_safe(t.start_build) AS start_build,
  csv_safe(coalesce(slot.product_version, offer.version)) AS target_os,
  csv_safe(coalesce(substring(slot.product_key FROM '^[A-Za-z]+Update(\d{1,3}[A-Z]\d{1,5}[a-z]?)$'), offer.build)) AS target_build,
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
  csv_safe(q.rule_set_version) AS rule_set_version,
  csv_time(q.judged_at) AS qualified_at,
  NULL::text AS waivers,
  csv_time(t.released_at) AS released_at,
  sent.slots AS slots_sent,
  sent.uuids AS command_uuids,
  csv_time(first.reply_at) AS first_reply_at,
  csv_safe(reply.status) AS reply_status,
  csv_safe(reply.error_domain) AS error_domain,
  reply.error_code,
  CASE WHEN seen.prompt THEN 'true' WHEN t.outcome = 'promptNeverShown' THEN 'false' END AS prompt_shown,
  csv_safe(t.end_os) AS end_os,
  csv_safe(t.end_build) AS end_build,
  CASE WHEN t.consumed THEN floor(extract(epoch FROM t.end_seen_at - t.sent_at))::bigint::text ELSE 'NA' END AS time_to_install_s,
  CASE WHEN NOT t.consumed THEN 'NA'
    WHEN t.end_seen_at IS NOT NULL THEN 'false'
    WHEN t.state <> 'observing' THEN 'true' END AS censored,
  CASE WHEN t.state IN ('withdrawn', 'void', 'lost') AND t.outcome IS NULL THEN 'NA' ELSE t.outcome END AS outcome,
  CASE WHEN t.state = 'concluded' THEN csv_safe(t.concluded_by) END AS outcome_by,
  CASE WHEN t.state = 'concluded' THEN csv_bool(t.overruled) END AS overruled,
  NULL::text AS contradictions,
  NULL::text AS radar_ids,
  NULL::text AS deviations,
  CASE WHEN t.consumed THEN 'true' END AS naive,
  NULL::text AS reviewed_by,
  NULL::text AS locked_at,
  NULL::text AS event_head_hash,
  CASE WHEN t.simulated THEN 'SIMULATED' ELSE 'real' END AS world
FROM trials t
JOIN devices d ON d.id = t.device_id
JOIN protocol_versions v ON v.id = t.protocol_version_id
LEFT JOIN verdicts q ON q.id = t.verdict_id
CROSS JOIN LATERAL (
  SELECT v.plan #>> '{slots,0,productKey}' AS product_key, v.plan #>> '{slots,0,productVersion}' AS product_version
) slot
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
-- Requests that left or may have left this machine; what was held, cancelled or provably never sent is none.
CROSS JOIN LATERAL (
  SELECT count(*) AS slots, string_agg(c.command_uuid::text, ' ' ORDER BY c.slot_ordinal) AS uuids
  FROM commands c
  WHERE c.trial_id = t.id AND c.purpose = 'intervention' AND c.state IN ('sending', 'queued', 'refused', 'unconfirmed')
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
CROSS JOIN LATERAL (
  SELECT bool_or(true) AS prompt
  FROM observations o
  WHERE o.trial_id = t.id AND o.kind = 'promptShown'
    AND NOT EXISTS (SELECT FROM observations later WHERE later.corrects_id = o.id)
) seen;
--> statement-breakpoint
-- Every entry as it was written: a corrected one stays, and names what corrects it.
CREATE VIEW observation_export AS
SELECT
  o.trial_id AS trial,
  'T-' || t.number AS trial_id,
  o.id AS observation_id,
  csv_time(o.observed_at) AS observed_at,
  csv_time(o.recorded_at) AS recorded_at,
  csv_safe(o.kind) AS kind,
  csv_safe(o.text) AS text,
  csv_safe(o.data ->> 'osVersion') AS os_version,
  csv_safe(o.data ->> 'osBuild') AS os_build,
  csv_safe(o.by_name) AS observed_by,
  o.corrects_id AS corrects_observation_id,
  csv_safe(o.reason) AS correction_reason,
  later.id AS corrected_by_observation_id,
  CASE WHEN o.simulated THEN 'SIMULATED' ELSE 'real' END AS world
FROM observations o
JOIN trials t ON t.id = o.trial_id
LEFT JOIN observations later ON later.corrects_id = o.id;
--> statement-breakpoint
-- Every answer of a device that belongs to a trial, probes among them, with the bytes as the device sent them.
CREATE VIEW reply_export AS
SELECT
  r.trial_id AS trial,
  'T-' || t.number AS trial_id,
  r.id AS event_id,
  csv_safe(d.lab_tag) AS lab_tag,
  csv_safe(r.enrollment_id) AS enrollment_id,
  csv_safe(r.command_uuid) AS command_uuid,
  c.request_type,
  c.slot_ordinal AS slot,
  csv_safe(r.status) AS status,
  csv_time(r.created_at) AS created_at,
  csv_time(r.received_at) AS received_at,
  r.read_state,
  csv_safe(r.because) AS because,
  r.payload_sha256,
  translate(encode(r.payload, 'base64'), E'\n', '') AS payload_base64,
  CASE WHEN r.simulated THEN 'SIMULATED' ELSE 'real' END AS world
FROM raw_events r
JOIN trials t ON t.id = r.trial_id
JOIN devices d ON d.id = r.device_id
LEFT JOIN commands c ON c.command_uuid::text = lower(r.command_uuid);
