-- Whose answer it was, and in which environment: copied from the command, whatever the writer says.
create or replace function mark_error_sighting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT device_id, request_type, simulated, CASE WHEN purpose = 'intervention' THEN trial_id END
  INTO NEW.device_id, NEW.request_type, NEW.simulated, NEW.trial_id
  FROM commands WHERE command_uuid = NEW.command_uuid;
  IF NEW.raw_event_id IS NOT NULL AND NOT EXISTS (SELECT FROM raw_events e WHERE e.id = NEW.raw_event_id AND e.simulated = NEW.simulated) THEN
    RAISE EXCEPTION 'event % is not of the environment of its command', NEW.raw_event_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger marks_simulated before insert on error_sightings
  for each row execute function mark_error_sighting();
