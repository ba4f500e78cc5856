-- Webhook bodies that hold secrets of a device, as they came, sealed; raw_events.body has the same without them.
CREATE TABLE "sealed_bodies" (
	"raw_event_id" bigint PRIMARY KEY NOT NULL REFERENCES "raw_events"("id"),
	"sealed" text NOT NULL,
	CONSTRAINT "a_body_is_sealed" CHECK ("sealed" ~ '^v1[.][0-9a-f]{8}[.][A-Za-z0-9_-]{16}[.][A-Za-z0-9_-]{22,}$')
);
--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON sealed_bodies FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON sealed_bodies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
