create or replace function guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  trial trials%ROWTYPE;
  review trial_reviews%ROWTYPE;
  was text;
  comes_from text[] := {{review_from}};
BEGIN
  -- Locked, so that nothing is added to the record between this check and the action; other writers wait.
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id FOR UPDATE;
  IF NOT (trial.consumed AND trial.state IN {{reviewed_states}}) THEN
    RAISE EXCEPTION 'trial T-% is %: only a trial that has ended and consumed its baseline is reviewed', trial.number, trial.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT * INTO review FROM trial_reviews WHERE trial_id = NEW.trial_id;
  was := coalesce(review.state, 'inReview');
  IF NOT (was = ANY (comes_from)) THEN
    RAISE EXCEPTION 'trial T-% is %: it cannot be %', trial.number, was, NEW.kind USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kind IN {{not_for_authors}} AND is_author_of(NEW.trial_id, NEW.by_id) THEN
    RAISE EXCEPTION '% is a contributor to trial T-%: another person reviews it', NEW.by_name, trial.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kind = 'approved' AND review.open_queries > 0 THEN
    RAISE EXCEPTION 'trial T-% has an open query', trial.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kind = 'approved' AND trial.outcome_awaits IS NOT NULL THEN
    RAISE EXCEPTION 'trial T-% has no outcome yet: its second reading comes first', trial.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.query_id IS NOT NULL THEN PERFORM guard_query(NEW); END IF;
  IF NEW.signature_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM signatures s WHERE s.id = NEW.signature_id AND s.trial_id = NEW.trial_id AND s.by_id = NEW.by_id AND s.by_role = NEW.by_role
      AND s.at = NEW.at AND s.act = {{review_acts}}
  ) THEN
    RAISE EXCEPTION 'the signature was not given for this' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.simulated := trial.simulated;
  RETURN NEW;
END $$;

create or replace trigger keeps_to_its_table before insert on review_events
  for each row execute function guard_review();
