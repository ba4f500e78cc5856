-- Every message of a device that belongs to a trial, probes among them, with the bytes as the device sent them. What a status
-- report of declarative management claims is beside it.
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
  r.source,
  csv_safe(r.reason) AS reason,
  d_event.kind AS declarative,
  csv_safe(d_event.identifier) AS declaration,
  csv_safe(d_event.claims ->> 'installState') AS claimed_state,
  csv_safe(d_event.claims #>> '{pending,version}') AS claimed_version,
  csv_safe(d_event.claims #>> '{pending,build}') AS claimed_build,
  csv_safe(d_event.claims #>> '{pending,at}') AS claimed_time,
  csv_safe((SELECT string_agg(one, '; ') FROM jsonb_array_elements_text(d_event.claims #> '{installReason,reasons}') one)) AS claimed_reason,
  csv_safe(d_event.claims #>> '{installReason,declaration}') AS claimed_declaration,
  (d_event.claims #>> '{failure,count}')::bigint AS claimed_failures,
  r.payload_sha256,
  translate(encode(r.payload, 'base64'), E'\n', '') AS payload_base64,
  CASE WHEN r.simulated THEN 'SIMULATED' ELSE 'real' END AS environment
FROM raw_events r
JOIN trials t ON t.id = r.trial_id
JOIN devices d ON d.id = r.device_id
LEFT JOIN commands c ON c.command_uuid::text = lower(r.command_uuid)
LEFT JOIN declaration_events d_event ON d_event.raw_event_id = r.id;
