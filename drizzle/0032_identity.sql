-- What each device has told of who it is, and the alarms where two tellings contradict each other.
CREATE TABLE "device_identifiers" (
	"device_id" uuid NOT NULL REFERENCES "devices"("id"),
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	-- As it is compared: lib/domain/identity.ts.
	"plain" text NOT NULL,
	"raw_event_id" bigint REFERENCES "raw_events"("id"),
	"told_at" timestamp with time zone NOT NULL,
	CONSTRAINT "device_identifiers_pk" PRIMARY KEY ("device_id", "identifier"),
	CONSTRAINT "an_identifier_is_a_known_one" CHECK ("identifier" in ('serial', 'udid', 'model', 'imei', 'meid'))
);
--> statement-breakpoint
CREATE INDEX "device_identifiers_by_value" ON "device_identifiers" ("identifier", "plain");--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON device_identifiers FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON device_identifiers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
ALTER TABLE "device_alarms" ADD COLUMN "identity" jsonb;--> statement-breakpoint
ALTER TABLE "device_alarms" ADD COLUMN "accepted" boolean;--> statement-breakpoint
ALTER TABLE "device_alarms" ADD CONSTRAINT "an_identity_alarm_names_both_sides" CHECK (("kind" = 'identity') = ("identity" is not null));--> statement-breakpoint
-- However often it is told: one open alarm for one contradiction, and one for each event.
CREATE UNIQUE INDEX "one_open_alarm_per_contradiction" ON "device_alarms" ("device_id", (identity->>'identifier'), (identity->>'told')) WHERE "cleared_at" is null and "kind" = 'identity';--> statement-breakpoint
CREATE UNIQUE INDEX "one_identity_alarm_per_event" ON "device_alarms" ("device_id", (identity->>'identifier'), "raw_event_id") WHERE "kind" = 'identity';
