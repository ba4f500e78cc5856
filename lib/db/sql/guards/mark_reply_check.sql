-- A check takes its environment from its device, and is about an event of the same environment and a trial of the same device.
create or replace function mark_reply_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM devices WHERE id = NEW.device_id;
  IF NOT EXISTS (SELECT FROM raw_events e WHERE e.id = NEW.raw_event_id AND e.simulated = NEW.simulated) THEN
    RAISE EXCEPTION 'event % is not of the environment of its device', NEW.raw_event_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.trial_id IS NOT NULL AND NOT EXISTS (SELECT FROM trials t WHERE t.id = NEW.trial_id AND t.device_id = NEW.device_id) THEN
    RAISE EXCEPTION 'event % is checked for a trial of another device', NEW.raw_event_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger marks_simulated before insert on reply_checks
  for each row execute function mark_reply_check();
