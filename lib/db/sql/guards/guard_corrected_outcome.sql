-- The outcome of a concluded trial may still move: by its second reading, and while an open query of its review asks for it.
create or replace function guard_corrected_outcome() returns trigger language plpgsql as $$
declare
  settled text[] := array['outcome', 'proposed_outcome', 'outcome_reason', 'overruled', 'outcome_awaits'];
BEGIN
  -- What a second reading settles; guard_concluded_trial says which outcome that is.
  IF OLD.outcome_awaits IS NOT NULL THEN
    IF to_jsonb(NEW) - settled IS DISTINCT FROM to_jsonb(OLD) - settled OR NOT EXISTS (SELECT FROM second_readings r WHERE r.trial_id = OLD.id) THEN
      RAISE EXCEPTION 'the outcome of trial T-% waits for its second reader', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - ARRAY['outcome', 'outcome_reason', 'overruled'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['outcome', 'outcome_reason', 'overruled']
     OR NEW.outcome IS NULL OR length(btrim(coalesce(NEW.outcome_reason, ''))) < {{min_reason}} THEN
    RAISE EXCEPTION 'trial T-% is concluded: only its outcome can be corrected, with a reason', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM review_events q WHERE q.trial_id = OLD.id AND q.kind = 'queried' AND q.field IN ('outcome', 'outcomeReason')
      AND NOT EXISTS (SELECT FROM review_events c WHERE c.query_id = q.id AND c.kind = 'queryClosed')
  ) THEN
    RAISE EXCEPTION 'trial T-% is concluded: its outcome is corrected when a query of the review asks for it', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
create or replace trigger keeps_to_what_is_asked before update on trials for each row
  when (old.state = 'concluded' and new.state = 'concluded' 
    and (new.outcome, new.outcome_awaits) is distinct from (old.outcome, old.outcome_awaits))
  execute function guard_corrected_outcome();
