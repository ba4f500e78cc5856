ALTER TABLE "mdm_servers" ADD COLUMN "declarations_url" text;--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD COLUMN "declarations_key" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD COLUMN "declarations_key_sha256" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD COLUMN "declarations_address" text;--> statement-breakpoint
CREATE UNIQUE INDEX "one_server_per_declarations_address" ON "mdm_servers" USING btree ("declarations_address");--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "declarations_have_address_and_key" CHECK (case when "mdm_servers"."declarations_url" is null then "mdm_servers"."declarations_key" = '' and "mdm_servers"."declarations_key_sha256" = ''
    else "mdm_servers"."declarations_key" ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$' and "mdm_servers"."declarations_key_sha256" ~ '^[0-9a-f]{64}$' end);--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_kind_with_declarations_beside" CHECK ("mdm_servers"."declarations_url" is null or "mdm_servers"."kind" in ('nanomdm'));