-- API keys, and accounts of single sign-on that belong to one person.

-- 1. What a provider calls one person is one person here --------------------------------------------------
CREATE UNIQUE INDEX "one_person_per_account" ON "accounts" USING btree ("provider_id", "account_id");--> statement-breakpoint

-- 2. Keys: made once, revoked once, and never able to change anything ---------------------------------------
CREATE TABLE "api_keys" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "user_id" text NOT NULL REFERENCES "users"("id"),
  "name" text NOT NULL CHECK (length(name) between 1 and 60),
  "scopes" text[] NOT NULL,
  "sha256" text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  "hint" text NOT NULL CHECK (length(hint) <= 12),
  "made_at" timestamp with time zone NOT NULL,
  "expires_at" timestamp with time zone NOT NULL,
  "last_used_at" timestamp with time zone,
  "revoked_at" timestamp with time zone,
  "revoked_by_id" text,
  "revoked_by_name" text,
  CONSTRAINT "a_key_only_reads" CHECK (cardinality(scopes) > 0 and scopes <@ array['read', 'export']),
  CONSTRAINT "a_key_ends_within_a_year" CHECK (expires_at > made_at and expires_at <= made_at + interval '365 days'),
  CONSTRAINT "a_revocation_has_a_person" CHECK ((revoked_at is null) = (revoked_by_id is null) and (revoked_at is null) = (revoked_by_name is null))
);--> statement-breakpoint
CREATE INDEX "api_keys_by_person" ON "api_keys" USING btree ("user_id", "made_at" DESC);--> statement-breakpoint
CREATE FUNCTION guard_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.user_id, NEW.name, NEW.scopes, NEW.sha256, NEW.hint, NEW.made_at, NEW.expires_at) IS DISTINCT FROM
     (OLD.id, OLD.user_id, OLD.name, OLD.scopes, OLD.sha256, OLD.hint, OLD.made_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'what a key is for stands; make another one' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.revoked_at IS NOT NULL AND
     (NEW.revoked_at, NEW.revoked_by_id, NEW.revoked_by_name) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by_id, OLD.revoked_by_name) THEN
    RAISE EXCEPTION 'a revoked key stays revoked' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER stands BEFORE UPDATE ON "api_keys" FOR EACH ROW EXECUTE FUNCTION guard_api_key();--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON "api_keys" FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON "api_keys" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
