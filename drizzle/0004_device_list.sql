-- The device list of lib/db/device-list: its orders, its filters and its notices.

-- The parts of a dotted version as numbers, so that 11.4 comes before 11.10; null for what is no version
-- (devices have sent builds and blanks), as in lib/domain/os-version.
CREATE FUNCTION version_sort_key(version text) RETURNS int[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN version ~ '^\d{1,4}(\.\d{1,4}){0,3}$' THEN string_to_array(version, '.')::int[] END
$$;
--> statement-breakpoint
-- Stored, because splitting ten thousand texts at each look at the list took three times as long as the rest of it.
ALTER TABLE current_readings ADD COLUMN version_key int[]
  GENERATED ALWAYS AS (CASE WHEN field = 'osVersion' THEN version_sort_key(value #>> '{}') END) STORED;
--> statement-breakpoint
-- A device without a lab tag comes first, as '': it waits for one.
CREATE INDEX devices_by_tag ON devices (simulated, coalesce(lower(lab_tag), ''), id);
--> statement-breakpoint
CREATE INDEX devices_by_name ON devices (simulated, lower(name), id);
--> statement-breakpoint
CREATE INDEX devices_by_seen ON devices (simulated, coalesce(last_seen_at, '-infinity'), id);
--> statement-breakpoint
CREATE INDEX devices_by_model ON devices (simulated, model_identifier);
--> statement-breakpoint
-- Open pages learn of what a person changed. Being seen happens all the time and is no news.
CREATE FUNCTION tell_of_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('oneway', json_build_object('about', 'device', 'deviceId', NEW.id)::text);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tells AFTER UPDATE ON devices FOR EACH ROW WHEN (NEW.updated_at <> OLD.updated_at) EXECUTE FUNCTION tell_of_device();
