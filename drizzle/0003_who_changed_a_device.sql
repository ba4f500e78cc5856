ALTER TABLE "devices" ADD COLUMN "retired_because" text;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "updated_by" text;