-- Accounts people can rely on: second factors, passkeys, one-time links, limits on guessing, and people who left.

-- 1. Nobody is removed or used again; who left is disabled ------------------------------------------------
ALTER TABLE "users" ADD COLUMN "disabled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "two_factor_enabled" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE FUNCTION keep_one_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM users WHERE role = 'admin' AND disabled_at IS NULL) THEN
    RAISE EXCEPTION 'the lab keeps one admin at least' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_one_admin AFTER UPDATE ON "users" FOR EACH ROW
  WHEN (OLD.role = 'admin' AND OLD.disabled_at IS NULL AND (NEW.role <> 'admin' OR NEW.disabled_at IS NOT NULL))
  EXECUTE FUNCTION keep_one_admin();--> statement-breakpoint

-- 2. Sessions end after a time without a request, too -----------------------------------------------------
ALTER TABLE "sessions" ADD COLUMN "last_seen_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE FUNCTION refuse_session_of_disabled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users WHERE id = NEW.user_id AND disabled_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a disabled person has no session' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER not_of_disabled BEFORE INSERT ON "sessions" FOR EACH ROW EXECUTE FUNCTION refuse_session_of_disabled();--> statement-breakpoint

-- 3. Second factors ---------------------------------------------------------------------------------------
CREATE TABLE "two_factors" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL UNIQUE REFERENCES "users"("id"),
  "secret" text NOT NULL,
  "backup_codes" text NOT NULL,
  "verified" boolean DEFAULT false NOT NULL,
  "failed_verification_count" integer DEFAULT 0 NOT NULL,
  "locked_until" timestamp with time zone
);--> statement-breakpoint
CREATE TABLE "tried_codes" (
  "user_id" text NOT NULL REFERENCES "users"("id"),
  "code_sha256" text NOT NULL,
  "tried_at" timestamp with time zone NOT NULL,
  PRIMARY KEY ("user_id", "code_sha256")
);--> statement-breakpoint
CREATE TABLE "passkeys" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "user_id" text NOT NULL REFERENCES "users"("id"),
  "name" text NOT NULL,
  "credential_id" text NOT NULL UNIQUE,
  "public_key" bytea NOT NULL,
  "counter" bigint NOT NULL,
  "transports" jsonb NOT NULL,
  "backed_up" boolean NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  "last_used_at" timestamp with time zone
);--> statement-breakpoint
CREATE INDEX "passkeys_by_user" ON "passkeys" USING btree ("user_id");--> statement-breakpoint
CREATE FUNCTION keep_passkey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.user_id, NEW.credential_id, NEW.public_key) IS DISTINCT FROM (OLD.user_id, OLD.credential_id, OLD.public_key) THEN
    RAISE EXCEPTION 'a passkey stays the key of its person' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER stays BEFORE UPDATE ON "passkeys" FOR EACH ROW EXECUTE FUNCTION keep_passkey();--> statement-breakpoint

-- 4. One-time links: made once, used once or withdrawn ----------------------------------------------------
CREATE TABLE "person_links" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "kind" text NOT NULL CHECK (kind in ('invitation', 'reset')),
  "token_sha256" text NOT NULL UNIQUE CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  "email" text NOT NULL,
  "role" text,
  "person_id" text REFERENCES "users"("id"),
  "removes_second_factors" boolean DEFAULT false NOT NULL,
  "made_at" timestamp with time zone NOT NULL,
  "made_by_id" text NOT NULL,
  "made_by_name" text NOT NULL,
  "expires_at" timestamp with time zone NOT NULL,
  "used_at" timestamp with time zone,
  "withdrawn_at" timestamp with time zone,
  "withdrawn_by_name" text,
  CONSTRAINT "an_invitation_has_a_role" CHECK ((kind = 'invitation') = (role is not null)),
  CONSTRAINT "a_reset_is_for_somebody" CHECK (kind = 'invitation' or person_id is not null),
  CONSTRAINT "a_link_ends_once" CHECK (used_at is null or withdrawn_at is null)
);--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_link" ON "person_links" USING btree ("kind", "email") WHERE used_at is null and withdrawn_at is null;--> statement-breakpoint
CREATE INDEX "person_links_by_time" ON "person_links" USING btree ("made_at" DESC);--> statement-breakpoint
CREATE FUNCTION guard_person_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.used_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'a link that was used or withdrawn stays so' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.kind, NEW.token_sha256, NEW.email, NEW.role, NEW.removes_second_factors, NEW.made_at, NEW.made_by_id, NEW.made_by_name, NEW.expires_at) IS DISTINCT FROM
     (OLD.id, OLD.kind, OLD.token_sha256, OLD.email, OLD.role, OLD.removes_second_factors, OLD.made_at, OLD.made_by_id, OLD.made_by_name, OLD.expires_at)
     OR (OLD.person_id IS NOT NULL AND NEW.person_id IS DISTINCT FROM OLD.person_id) THEN
    RAISE EXCEPTION 'what a link is for stands' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER ends_once BEFORE UPDATE ON "person_links" FOR EACH ROW EXECUTE FUNCTION guard_person_link();--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON "person_links" FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON "person_links" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint

-- 5. Limits on guessing and on heavy requests, shared by every process ------------------------------------
CREATE TABLE "rate_limits" (
  "key" text PRIMARY KEY NOT NULL,
  "count" integer NOT NULL,
  "window_ends_at" timestamp with time zone NOT NULL,
  "strikes" integer DEFAULT 0 NOT NULL
);--> statement-breakpoint
CREATE INDEX "rate_limits_by_end" ON "rate_limits" USING btree ("window_ends_at");--> statement-breakpoint
CREATE TABLE "familiar_addresses" (
  "user_id" text NOT NULL REFERENCES "users"("id"),
  "address" text NOT NULL,
  "last_at" timestamp with time zone NOT NULL,
  PRIMARY KEY ("user_id", "address")
);
