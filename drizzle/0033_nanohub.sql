ALTER TABLE "mdm_servers" DROP CONSTRAINT "a_server_is_of_a_known_kind";--> statement-breakpoint
ALTER TABLE "mdm_servers" DROP CONSTRAINT "a_webhook_has_a_secret";--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_storage_is_one_of_its_kind" CHECK (("mdm_servers"."kind" = 'nanomdm' and "mdm_servers"."storage" in ('pgsql', 'mysql', 'filekv', 'inmem', 'file', 'unknown'))
  or ("mdm_servers"."kind" = 'nanohub' and "mdm_servers"."storage" in ('mysql', 'inmem', 'file', 'unknown'))
  or ("mdm_servers"."kind" = 'micromdm' and "mdm_servers"."storage" in ('unknown')));--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_server_is_of_a_known_kind" CHECK ("mdm_servers"."kind" in ('nanomdm', 'nanohub', 'micromdm'));--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_webhook_has_a_secret" CHECK (("mdm_servers"."kind" = 'nanomdm' and "mdm_servers"."hmac_key" <> '' and "mdm_servers"."webhook_token_sha256" is null)
  or ("mdm_servers"."kind" = 'nanohub' and "mdm_servers"."webhook_token_sha256" is not null and "mdm_servers"."webhook_token_sha256" ~ '^[0-9a-f]{64}$')
  or ("mdm_servers"."kind" = 'micromdm' and "mdm_servers"."webhook_token_sha256" is not null and "mdm_servers"."webhook_token_sha256" ~ '^[0-9a-f]{64}$'));