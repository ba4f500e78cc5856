create or replace function guard_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial trials%ROWTYPE;
BEGIN
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id;
  IF trial.state NOT IN {{releasable_states}} THEN
    RAISE EXCEPTION 'trial T-% is %: a rule is waived before a release', trial.number, trial.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM signatures s WHERE s.id = NEW.signature_id AND s.act = 'waive' AND s.trial_id = NEW.trial_id
      AND s.by_id = NEW.by_id AND s.details ->> 'ruleId' = NEW.rule_id AND s.reason = NEW.reason
  ) THEN
    RAISE EXCEPTION 'a waiver is signed by whoever gives it, for that rule and reason' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger is_signed before insert on waivers for each row execute function guard_waiver();
