-- Which enrolled device an event is about, read from its envelope when it is kept: events of one device are
-- read in the order they came, and those of a device nobody knows yet wait for it.
ALTER TABLE "raw_events" ADD COLUMN "enrollment_key" text;--> statement-breakpoint
ALTER TABLE "raw_events" ADD COLUMN "waits_for_device" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "raw_events_unread_by_device" ON "raw_events" USING btree ("mdm_server_id","enrollment_key","id") WHERE "raw_events"."read_state" = 'unread';--> statement-breakpoint
CREATE INDEX "raw_events_waiting" ON "raw_events" USING btree ("mdm_server_id","enrollment_key") WHERE "raw_events"."waits_for_device" and "raw_events"."read_state" = 'unmatched';
