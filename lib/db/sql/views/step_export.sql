-- Every step of the protocol with its entries as they were written; a step without one has a row too.
CREATE VIEW step_export AS
SELECT
  t.id AS trial,
  'T-' || t.number AS trial_id,
  s.step,
  csv_safe(s.plan ->> 'doThis') AS do_this,
  csv_safe(nullif(s.plan ->> 'expect', '')) AS expect,
  csv_safe((SELECT string_agg(k, ' ' ORDER BY n) FROM jsonb_array_elements_text(s.plan -> 'sightings') WITH ORDINALITY x(k, n))) AS expected_sightings,
  e.id AS entry_id,
  csv_bool((e.data ->> 'done')::boolean) AS done,
  csv_time((e.data ->> 'at')::timestamptz) AS at,
  csv_time(e.at) AS recorded_at,
  csv_safe(e.by_name) AS ticked_by,
  csv_safe(nullif(e.data ->> 'note', '')) AS note,
  (e.data ->> 'corrects')::bigint AS corrects_entry_id,
  csv_safe(e.data ->> 'reason') AS correction_reason,
  later.id AS corrected_by_entry_id,
  CASE WHEN t.simulated THEN 'SIMULATED' ELSE 'real' END AS environment
FROM trials t
JOIN protocol_versions v ON v.id = t.protocol_version_id
CROSS JOIN LATERAL jsonb_array_elements(v.plan -> 'steps') WITH ORDINALITY s(plan, step)
LEFT JOIN trial_events e ON e.trial_id = t.id AND e.kind = 'stepTicked' AND e.data ->> 'step' = s.step::text
LEFT JOIN trial_events later
  ON later.trial_id = t.id AND later.kind = 'stepTicked' AND later.data ->> 'corrects' = e.id::text;
