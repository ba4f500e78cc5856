-- What a reply was found to contradict stands in its check; a contradiction that is known of the device, the trial and the
-- version already is no row of its own any more, and is counted by the checks that found it.
ALTER TABLE "reply_checks" ADD COLUMN "found" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
CREATE INDEX "contradictions_by_device_and_print" ON "contradictions" ("device_id", "fingerprint", "os_version");
