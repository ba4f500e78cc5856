-- What an event turned out to be, and whether it has been counted as an answer to its command: an answer that
-- cannot be read closes its question once, and is not a second answer when it is read again.
ALTER TABLE "raw_events" ADD COLUMN "kind" text;--> statement-breakpoint
ALTER TABLE "raw_events" ADD COLUMN "counted_as_answer" boolean DEFAULT false NOT NULL;
