CREATE TABLE "claim_decisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "claim_decisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"claim_version_id" bigint NOT NULL,
	"finding" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	CONSTRAINT "a_trial_supports_contradicts_or_did_not_observe" CHECK ("claim_decisions"."finding" in ('supports', 'contradicts', 'notObserved')),
	CONSTRAINT "a_claim_is_decided_with_a_reason" CHECK (length(btrim("claim_decisions"."reason")) >= 10),
	CONSTRAINT "a_claim_is_decided_by_a_lead" CHECK ("claim_decisions"."by_role" = 'lead')
);
--> statement-breakpoint
CREATE TABLE "claim_versions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "claim_versions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"claim_id" uuid NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"statement" text NOT NULL,
	"source" text NOT NULL,
	"source_name" text NOT NULL,
	"url" text NOT NULL,
	"family" text NOT NULL,
	"from_version" text NOT NULL,
	"to_version" text,
	"check" text NOT NULL,
	"request_type" text,
	"path" text,
	"how_to" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	CONSTRAINT "a_version_of_a_claim_is_written_once" UNIQUE("claim_id","version"),
	CONSTRAINT "a_claim_says_something" CHECK (length(btrim("claim_versions"."statement")) >= 3),
	CONSTRAINT "a_claim_has_a_source" CHECK ("claim_versions"."source" in ('apple', 'community')),
	CONSTRAINT "a_source_of_a_claim_is_of_the_web" CHECK ("claim_versions"."url" ~ '^https?://'),
	CONSTRAINT "a_claim_is_of_a_family" CHECK ("claim_versions"."family" in ('iOS', 'tvOS')),
	CONSTRAINT "a_claim_is_compared_in_one_way" CHECK ("claim_versions"."check" in ('reply', 'screen')),
	CONSTRAINT "a_claim_about_replies_names_its_key" CHECK (("claim_versions"."check" = 'reply') = ("claim_versions"."path" is not null) and ("claim_versions"."path" is null) = ("claim_versions"."request_type" is null))
);
--> statement-breakpoint
CREATE TABLE "claims" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "claims_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "claims_number_unique" UNIQUE("number")
);
--> statement-breakpoint
ALTER TABLE "claim_decisions" ADD CONSTRAINT "claim_decisions_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claim_decisions" ADD CONSTRAINT "claim_decisions_claim_version_id_claim_versions_id_fk" FOREIGN KEY ("claim_version_id") REFERENCES "public"."claim_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claim_versions" ADD CONSTRAINT "claim_versions_claim_id_claims_id_fk" FOREIGN KEY ("claim_id") REFERENCES "public"."claims"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "claim_decisions_by_trial" ON "claim_decisions" USING btree ("trial_id","claim_version_id","id");