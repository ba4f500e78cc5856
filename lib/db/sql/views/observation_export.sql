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
  (
    SELECT string_agg(a.sha256, '; ' ORDER BY a.id) FROM attachments a WHERE a.observation_id = o.id
      AND NOT EXISTS (SELECT FROM attachment_withdrawals w WHERE w.attachment_id = a.id)
  ) AS attachment_sha256,
  CASE WHEN o.simulated THEN 'SIMULATED' ELSE 'real' END AS environment
FROM observations o
JOIN trials t ON t.id = o.trial_id
LEFT JOIN observations later ON later.corrects_id = o.id;
