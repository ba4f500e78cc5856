create or replace function notify_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.device_id IS NOT NULL THEN
    PERFORM pg_notify('oneway', json_build_object('about', 'device', 'deviceId', NEW.device_id)::text);
  END IF;
  IF NEW.trial_id IS NOT NULL THEN
    PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', NEW.trial_id)::text);
  END IF;
  -- An event of a device that the lab does not know stands in the list of events only.
  IF NEW.device_id IS NULL AND NEW.trial_id IS NULL THEN
    PERFORM pg_notify('oneway', json_build_object('about', 'list', 'list', 'events')::text);
  END IF;
  RETURN NULL;
END $$;

create or replace trigger tells after insert or update on commands for each row execute function notify_both();
create or replace trigger tells after insert or update on device_alarms
  for each row execute function notify_both();
create or replace trigger tells after update on raw_events
  for each row when (new.read_state <> old.read_state) execute function notify_both();
create or replace trigger tells after insert or update on redeliveries
  for each row execute function notify_both();
