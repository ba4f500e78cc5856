-- Keys of MDM servers are stored sealed (lib/db/sealing.ts). NOT VALID: every row written from now on is
-- held to it; rows from before are sealed at the next start, which has the key, and validated then
-- (lib/db/seal-stored.ts).
ALTER TABLE "mdm_servers" ADD CONSTRAINT "an_api_key_is_sealed"
  CHECK (api_key ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$') NOT VALID;--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "an_hmac_key_is_sealed"
  CHECK (hmac_key = '' or hmac_key ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$') NOT VALID;
