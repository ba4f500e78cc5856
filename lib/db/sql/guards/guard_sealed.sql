create or replace function guard_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.trial_id IS NOT NULL THEN PERFORM refuse_if_sealed(OLD.trial_id); END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.trial_id IS NOT NULL THEN PERFORM refuse_if_sealed(NEW.trial_id); END IF;
  RETURN NEW;
END $$;

create or replace trigger is_sealed before insert or update or delete on attachment_withdrawals
  for each row execute function guard_sealed();
create or replace trigger is_sealed before insert or update or delete on attachments
  for each row execute function guard_sealed();
create or replace trigger is_sealed before insert on commands for each row execute function guard_sealed();
create or replace trigger is_sealed before insert or update or delete on observations
  for each row execute function guard_sealed();
create or replace trigger is_sealed before insert or update or delete on outcome_decisions
  for each row execute function guard_sealed();
create or replace trigger is_sealed before insert on signatures
  for each row when (new.act not in {{acts_on_locked}}) execute function guard_sealed();
create or replace trigger is_sealed before insert on second_readings for each row execute function guard_sealed();
create or replace trigger is_sealed before insert on outcome_openings for each row execute function guard_sealed();
create or replace trigger is_sealed before insert or update or delete on trial_events
  for each row execute function guard_sealed();
create or replace trigger is_sealed before insert or update or delete on verdicts
  for each row execute function guard_sealed();
