-- Notifies open pages of what a person changed. A new last contact alone sends no notice.
create or replace function notify_of_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('oneway', json_build_object('about', 'device', 'deviceId', NEW.id)::text);
  RETURN NULL;
END $$;

create or replace trigger tells after update on devices
  for each row when (new.updated_at <> old.updated_at) execute function notify_of_device();
