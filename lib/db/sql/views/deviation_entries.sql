-- Every entry about a deviation: what a later one corrects stays, and only the last of each counts, unless it says that there was none.
CREATE VIEW deviation_entries AS
SELECT
  e.trial_id AS trial,
  e.id,
  CASE WHEN e.kind = 'observationGap' THEN 'observationGap' ELSE coalesce(e.data ->> 'deviation', 'redelivery') END AS kind,
  coalesce(e.data ->> 'what', e.text) AS what,
  e.data ->> 'why' AS why,
  coalesce(e.data ->> 'effect', 'notJudged') AS effect,
  e.at,
  e.by_name,
  (e.data ->> 'corrects')::bigint AS corrects_id,
  e.data ->> 'reason' AS reason,
  later.id AS corrected_by_id,
  coalesce(e.data ->> 'stands', 'true') = 'true' AS stands,
  later.id IS NULL AND coalesce(e.data ->> 'stands', 'true') = 'true' AS counts
FROM trial_events e
LEFT JOIN trial_events later
  ON later.trial_id = e.trial_id AND later.kind = 'deviated' AND later.data ->> 'corrects' = e.id::text
WHERE e.kind IN {{deviation_events}};
