-- Attached while the trial is under way, and after its end until its review is approved (guard_sealed)
create or replace function guard_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial trials%ROWTYPE;
BEGIN
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id FOR KEY SHARE;
  IF NOT (trial.state IN {{under_way_states}} OR (trial.consumed AND trial.state IN {{reviewed_states}})) THEN
    RAISE EXCEPTION 'trial T-% is %: nothing is attached to it', trial.number, trial.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger keeps_to_its_time before insert on attachments
  for each row execute function guard_attachment();
create or replace trigger keeps_to_its_time before insert on attachment_withdrawals
  for each row execute function guard_attachment();
