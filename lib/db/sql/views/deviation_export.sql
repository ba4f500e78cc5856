-- Every entry as it was written: a corrected one stays, and names what corrects it.
CREATE VIEW deviation_export AS
SELECT
  d.trial,
  'T-' || t.number AS trial_id,
  d.id AS entry_id,
  csv_safe(d.kind) AS kind,
  csv_safe(d.what) AS what,
  csv_safe(nullif(d.why, '')) AS why,
  csv_safe(d.effect) AS effect,
  csv_bool(d.stands) AS stands,
  csv_time(d.at) AS recorded_at,
  csv_safe(d.by_name) AS recorded_by,
  d.corrects_id AS corrects_entry_id,
  csv_safe(nullif(d.reason, '')) AS correction_reason,
  d.corrected_by_id AS corrected_by_entry_id,
  CASE WHEN t.simulated THEN 'SIMULATED' ELSE 'real' END AS environment
FROM deviation_entries d
JOIN trials t ON t.id = d.trial;
