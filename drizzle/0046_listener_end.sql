ALTER TABLE "web_heartbeats" ADD COLUMN "settled_at" timestamp with time zone;--> statement-breakpoint
-- What earlier listeners may have lost is not known any more.
UPDATE "web_heartbeats" SET "settled_at" = "heartbeat_at";
