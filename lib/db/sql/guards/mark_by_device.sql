create or replace function mark_by_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.device_id IS DISTINCT FROM OLD.device_id THEN
    RAISE EXCEPTION 'a row of % never moves to another device', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT simulated INTO NEW.simulated FROM devices WHERE id = NEW.device_id;
  RETURN NEW;
END $$;

create or replace trigger marks_simulated before insert or update on bookings
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert or update on commands
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert or update on device_alarms
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert on ended_reservations
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert or update on queue_entries
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert or update on redeliveries
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert or update on trials
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert on verdicts
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert on usb_prints
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert on device_field_values
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert or update on custodies
  for each row execute function mark_by_device();
create or replace trigger marks_simulated before insert or update on hand_overs
  for each row execute function mark_by_device();
