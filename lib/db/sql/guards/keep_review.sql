-- trial_reviews is the fold over review_events, written by them and by nothing else: the app's role may only
-- read it.
create or replace function keep_review() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
BEGIN
  INSERT INTO trial_reviews AS r (trial_id, state, queries, open_queries, approved_by, approved_at)
  VALUES (NEW.trial_id, CASE NEW.kind WHEN 'approved' THEN 'approved' ELSE 'inReview' END,
    (NEW.kind = 'queried')::int, (NEW.kind = 'queried')::int,
    CASE NEW.kind WHEN 'approved' THEN NEW.by_name END, CASE NEW.kind WHEN 'approved' THEN NEW.at END)
  ON CONFLICT (trial_id) DO UPDATE SET
    state = {{review_to}},
    queries = r.queries + (NEW.kind = 'queried')::int,
    open_queries = r.open_queries + (NEW.kind = 'queried')::int - (NEW.kind = 'queryClosed')::int,
    approved_by = CASE NEW.kind WHEN 'approved' THEN NEW.by_name WHEN 'unlocked' THEN NULL ELSE r.approved_by END,
    approved_at = CASE NEW.kind WHEN 'approved' THEN NEW.at WHEN 'unlocked' THEN NULL ELSE r.approved_at END,
    locked_by = CASE NEW.kind WHEN 'locked' THEN NEW.by_name WHEN 'unlocked' THEN NULL ELSE r.locked_by END,
    locked_at = CASE NEW.kind WHEN 'locked' THEN NEW.at WHEN 'unlocked' THEN NULL ELSE r.locked_at END;
  PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', NEW.trial_id)::text);
  RETURN NULL;
END $$;

create or replace trigger keeps_the_fold after insert on review_events
  for each row execute function keep_review();
