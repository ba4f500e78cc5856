-- Answers to commands that were answered before: one row for each command says how often and when. The bodies that say
-- what a kept one says already are kept here as they came, beside the record and without entries of the audit trail.
CREATE TABLE "redeliveries" (
	"command_uuid" uuid PRIMARY KEY REFERENCES "commands"("command_uuid"),
	"device_id" uuid NOT NULL REFERENCES "devices"("id"),
	"trial_id" uuid REFERENCES "trials"("id"),
	"times" integer NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"marked_at" timestamp with time zone,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "what_is_counted_has_happened" CHECK ("times" > 0 and "first_at" <= "last_at")
);
--> statement-breakpoint
CREATE INDEX "redeliveries_to_mark" ON "redeliveries" ("first_at") WHERE "marked_at" is null and "times" > 1;--> statement-breakpoint
CREATE INDEX "redeliveries_by_trial" ON "redeliveries" ("trial_id");--> statement-breakpoint
CREATE TABLE "repeated_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	"raw_event_id" bigint NOT NULL REFERENCES "raw_events"("id"),
	"mdm_server_id" uuid NOT NULL REFERENCES "mdm_servers"("id"),
	"receipt" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"body" bytea NOT NULL,
	"sha256" text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_repeat_per_receipt" ON "repeated_events" ("receipt");--> statement-breakpoint
CREATE INDEX "repeated_events_by_event" ON "repeated_events" ("raw_event_id", "id");--> statement-breakpoint
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON repeated_events FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON repeated_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON redeliveries FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON redeliveries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT OR UPDATE ON redeliveries FOR EACH ROW EXECUTE FUNCTION mark_by_device();--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON redeliveries FOR EACH ROW EXECUTE FUNCTION tell_both();
