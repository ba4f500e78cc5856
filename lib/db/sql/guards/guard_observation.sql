-- After its end a trial is corrected, never added to
create or replace function guard_observation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial trials%ROWTYPE;
BEGIN
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id FOR KEY SHARE;
  IF NEW.corrects_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM observations WHERE id = NEW.corrects_id AND trial_id = NEW.trial_id) THEN
      RAISE EXCEPTION 'observation % is not of trial T-%', NEW.corrects_id, trial.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF length(btrim(coalesce(NEW.reason, ''))) < {{min_reason}} THEN
      RAISE EXCEPTION 'a correction has a reason of % characters or more', {{min_reason}} USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF trial.state IN {{under_way_states}} THEN RETURN NEW; END IF;
  IF NEW.corrects_id IS NULL OR NOT (trial.consumed AND trial.state IN {{reviewed_states}}) THEN
    RAISE EXCEPTION 'trial T-% is %: only an observation that stands there can be corrected, with a reason', trial.number, trial.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger keeps_to_its_time before insert on observations
  for each row execute function guard_observation();
