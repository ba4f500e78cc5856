-- An intervention can only be written for the trial's own device, and only claimed while its trial is under way.
create or replace function guard_intervention() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial trials%ROWTYPE;
BEGIN
  IF NEW.purpose <> 'intervention' THEN RETURN NEW; END IF;
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id;
  IF trial.device_id <> NEW.device_id THEN
    RAISE EXCEPTION 'trial T-% is about another device', trial.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'sending' AND (TG_OP = 'INSERT' OR OLD.state <> 'sending') AND NOT (trial.state = 'observing' AND trial.consumed) THEN
    RAISE EXCEPTION 'trial T-% is %, so its command is not sent', trial.number, trial.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger serves_its_trial before insert or update on commands
  for each row execute function guard_intervention();
