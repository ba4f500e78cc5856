-- Something about a device that a lead must look at before anything more is released on it.
CREATE TABLE "device_alarms" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	"device_id" uuid NOT NULL REFERENCES "devices"("id"),
	"trial_id" uuid REFERENCES "trials"("id"),
	"kind" text NOT NULL,
	"because" text NOT NULL,
	"raw_event_id" bigint REFERENCES "raw_events"("id"),
	"command_uuid" text,
	"raised_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	"cleared_at" timestamp with time zone,
	"cleared_by_id" text,
	"cleared_by_name" text,
	"cleared_reason" text,
	CONSTRAINT "an_alarm_is_cleared_by_somebody_with_a_reason" CHECK (("cleared_at" is null) = ("cleared_by_id" is null)
	  and ("cleared_at" is null) = ("cleared_by_name" is null)
	  and ("cleared_at" is null) = (length(btrim(coalesce("cleared_reason", ''))) < 3))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_alarm_per_foreign_command" ON "device_alarms" ("device_id", "kind", "command_uuid") WHERE "command_uuid" is not null;--> statement-breakpoint
CREATE INDEX "device_alarms_open" ON "device_alarms" ("device_id") WHERE "cleared_at" is null;--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT OR UPDATE ON device_alarms FOR EACH ROW EXECUTE FUNCTION mark_by_device();--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON device_alarms FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON device_alarms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON device_alarms FOR EACH ROW EXECUTE FUNCTION tell_both();
