-- Where a command goes is part of what was released: address, kind and key of its MDM server stand in its row.
-- The functions and guards that keep these columns are in lib/db/sql.
ALTER TABLE "commands" ADD COLUMN "server_url" text;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "server_kind" text;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "server_key_sha256" text;--> statement-breakpoint
-- Empty until the next start, which has the key that opens the stored ones (lib/db/seal-stored.ts).
ALTER TABLE "mdm_servers" ADD COLUMN "api_key_sha256" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_key_is_known_by_its_hash" CHECK (api_key_sha256 ~ '^([0-9a-f]{64})?$');--> statement-breakpoint
-- What two entries of one server share; written by a trigger. An entry from before has its ID until it is written again.
ALTER TABLE "mdm_servers" ADD COLUMN "address" text;--> statement-breakpoint
UPDATE "mdm_servers" SET "address" = id::text;--> statement-breakpoint
ALTER TABLE "mdm_servers" ALTER COLUMN "address" SET NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "one_server_per_address" ON "mdm_servers" USING btree ("address");
