-- The transition table of lib/domain/review/review, the queries, and who may not
create or replace function guard_query(event review_events) RETURNS void LANGUAGE plpgsql AS $$
DECLARE query review_events%ROWTYPE;
BEGIN
  SELECT * INTO query FROM review_events WHERE id = event.query_id;
  IF query.kind IS DISTINCT FROM 'queried' OR query.trial_id <> event.trial_id THEN
    RAISE EXCEPTION 'what is % is a query of the same trial', event.kind USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT FROM review_events WHERE query_id = query.id AND kind = 'queryClosed') THEN
    RAISE EXCEPTION 'query % is closed', query.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF event.kind = 'queryClosed' AND length(btrim(event.text)) < {{min_reason}}
     AND NOT EXISTS (SELECT FROM review_events WHERE query_id = query.id AND kind = 'answered') THEN
    RAISE EXCEPTION 'query % has no answer: it is closed with a reason', query.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;
