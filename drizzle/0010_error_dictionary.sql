CREATE TABLE "error_sightings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "error_sightings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"domain" text NOT NULL,
	"code" bigint NOT NULL,
	"text" text,
	"place" text NOT NULL,
	"command_uuid" uuid NOT NULL,
	"raw_event_id" bigint,
	"trial_id" uuid,
	"device_id" uuid NOT NULL,
	"request_type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "an_error_stands_in_a_reply_or_in_its_results" CHECK ("error_sightings"."place" in ('reply', 'result'))
);
--> statement-breakpoint
CREATE TABLE "error_notes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "error_notes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"domain" text NOT NULL,
	"code" bigint NOT NULL,
	"text" text NOT NULL,
	"radar" text,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	CONSTRAINT "a_note_says_something" CHECK (length(trim("error_notes"."text")) between 1 and 2000),
	CONSTRAINT "a_radar_is_a_number_or_a_feedback" CHECK ("error_notes"."radar" ~ '^(FB)?[0-9]{6,12}$')
);
--> statement-breakpoint
ALTER TABLE "error_sightings" ADD CONSTRAINT "error_sightings_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "error_sightings" ADD CONSTRAINT "error_sightings_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_sighting_per_error_of_a_command" ON "error_sightings" USING btree ("command_uuid","domain","code");--> statement-breakpoint
CREATE INDEX "error_sightings_by_error" ON "error_sightings" USING btree ("simulated","domain","code","id");--> statement-breakpoint
CREATE INDEX "error_sightings_by_trial" ON "error_sightings" USING btree ("trial_id","id") WHERE "error_sightings"."trial_id" is not null;--> statement-breakpoint
CREATE INDEX "error_notes_by_error" ON "error_notes" USING btree ("domain","code","id");--> statement-breakpoint
-- The page of contradictions counts devices: one entry holds all it needs of a row.
CREATE INDEX "contradictions_by_device" ON "contradictions" USING btree ("simulated","fingerprint","device_id","platform","os_version","out_of") INCLUDE ("id");--> statement-breakpoint
-- Evidence only grows.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['error_sightings', 'error_notes'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;
--> statement-breakpoint
-- Whose answer it was, and in which world: copied from the command, whatever the writer says.
CREATE FUNCTION mark_error_sighting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT device_id, request_type, simulated, CASE WHEN purpose = 'intervention' THEN trial_id END
  INTO NEW.device_id, NEW.request_type, NEW.simulated, NEW.trial_id
  FROM commands WHERE command_uuid = NEW.command_uuid;
  IF NEW.raw_event_id IS NOT NULL AND NOT EXISTS (SELECT FROM raw_events e WHERE e.id = NEW.raw_event_id AND e.simulated = NEW.simulated) THEN
    RAISE EXCEPTION 'event % is not of the world of its command', NEW.raw_event_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON error_sightings FOR EACH ROW EXECUTE FUNCTION mark_error_sighting();
--> statement-breakpoint
-- What was answered before: the topmost error of each command. Its text and the ones below it stand in the kept reply alone.
INSERT INTO error_sightings (domain, code, place, command_uuid, raw_event_id, device_id, request_type, at)
SELECT c.answer_error_domain, c.answer_error_code, 'reply', c.command_uuid,
  (SELECT min(e.id) FROM raw_events e WHERE e.enrollment_id = c.enrollment_id AND e.command_uuid = c.command_uuid::text
    AND e.status = c.answer_status AND e.simulated = c.simulated),
  c.device_id, c.request_type, c.answered_at
FROM commands c
WHERE c.answer_error_domain IS NOT NULL AND c.answer_error_code IS NOT NULL AND c.answered_at IS NOT NULL
ORDER BY c.answered_at;
