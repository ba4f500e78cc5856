-- Notices to open pages
create or replace function notify_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('oneway', json_build_object('about', 'device', 'deviceId', NEW.device_id)::text);
  RETURN NULL;
END $$;

create or replace trigger tells after insert or update on outside_updates
  for each row execute function notify_device();
create or replace trigger tells after update on query_run_devices
  for each row execute function notify_device();
create or replace trigger tells after insert or update on bookings
  for each row execute function notify_device();
create or replace trigger tells after insert or update on custodies
  for each row execute function notify_device();
create or replace trigger tells after insert or update on hand_overs
  for each row execute function notify_device();
create or replace trigger tells after insert on device_field_values for each row execute function notify_device();
create or replace trigger tells after insert or update on queue_entries
  for each row execute function notify_device();
create or replace trigger tells after insert on readings for each row execute function notify_device();
