ALTER TABLE "radar_events" ADD COLUMN "mechanism" text;--> statement-breakpoint
ALTER TABLE "radars" ADD COLUMN "fix_mechanism" text;--> statement-breakpoint
ALTER TABLE "radar_events" ADD CONSTRAINT "only_a_claim_names_its_mechanism" CHECK ("radar_events"."mechanism" is null or ("radar_events"."kind" = 'claimedFixed' and "radar_events"."mechanism" in ('command', 'declaration')));