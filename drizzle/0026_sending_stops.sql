-- All sending is stopped, as the database is not what a process that sends has witnessed.
CREATE TABLE "sending_stops" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	"witness_id" text NOT NULL,
	"because" text NOT NULL,
	"found" jsonb NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by_id" text,
	"ended_by_name" text,
	"ended_reason" text,
	CONSTRAINT "a_stop_is_ended_by_somebody_with_a_reason" CHECK (("ended_at" is null) = ("ended_by_id" is null)
	  and ("ended_at" is null) = ("ended_by_name" is null)
	  and ("ended_at" is null) = (length(btrim(coalesce("ended_reason", ''))) < 3))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_stop_per_witness" ON "sending_stops" ("witness_id") WHERE "ended_at" is null;--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON sending_stops FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON sending_stops FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
ALTER TABLE "device_alarms" ADD COLUMN "stop_id" bigint REFERENCES "sending_stops"("id");--> statement-breakpoint
CREATE INDEX "device_alarms_by_stop" ON "device_alarms" ("stop_id") WHERE "stop_id" is not null;
