CREATE TABLE "share_links" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "share_links_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"title" text NOT NULL,
	"frozen_report_id" uuid,
	"trial_id" uuid,
	"simulated" boolean NOT NULL,
	"token_sha256" text NOT NULL,
	"content" "bytea" NOT NULL,
	"content_sha256" text NOT NULL,
	"texts_chosen" integer NOT NULL,
	"texts_in_all" integer NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"made_by_id" text NOT NULL,
	"made_by_name" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by_id" text,
	"revoked_by_name" text,
	CONSTRAINT "share_links_number_unique" UNIQUE("number"),
	CONSTRAINT "share_links_token_sha256_unique" UNIQUE("token_sha256"),
	CONSTRAINT "a_share_link_is_of_one_record" CHECK (num_nonnulls("share_links"."frozen_report_id", "share_links"."trial_id") = 1),
	CONSTRAINT "a_share_link_has_a_title" CHECK (length(btrim("share_links"."title")) >= 1),
	CONSTRAINT "the_title_of_a_share_link_is_short" CHECK (length("share_links"."title") <= 200),
	CONSTRAINT "a_share_link_is_kept_as_its_hash" CHECK ("share_links"."token_sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "a_share_link_has_the_hash_of_its_content" CHECK ("share_links"."content_sha256" = encode(sha256("share_links"."content"), 'hex')),
	CONSTRAINT "the_content_of_a_share_link_is_limited" CHECK (octet_length("share_links"."content") between 1 and 16777216),
	CONSTRAINT "chosen_texts_are_among_all" CHECK ("share_links"."texts_chosen" between 0 and "share_links"."texts_in_all"),
	CONSTRAINT "a_share_link_expires_in_time" CHECK ("share_links"."expires_at" > "share_links"."made_at" and "share_links"."expires_at" <= "share_links"."made_at" + interval '90 days'),
	CONSTRAINT "a_revoked_share_link_has_a_person" CHECK (num_nulls("share_links"."revoked_at", "share_links"."revoked_by_id", "share_links"."revoked_by_name") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "share_openings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "share_openings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"link_id" uuid NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"form" text NOT NULL,
	CONSTRAINT "an_opening_has_a_form" CHECK ("share_openings"."form" in ('page', 'json'))
);
--> statement-breakpoint
ALTER TABLE "share_links" ADD CONSTRAINT "share_links_frozen_report_id_frozen_reports_id_fk" FOREIGN KEY ("frozen_report_id") REFERENCES "public"."frozen_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_links" ADD CONSTRAINT "share_links_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_openings" ADD CONSTRAINT "share_openings_link_id_share_links_id_fk" FOREIGN KEY ("link_id") REFERENCES "public"."share_links"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "share_links_by_trial" ON "share_links" USING btree ("trial_id") WHERE "share_links"."trial_id" is not null;--> statement-breakpoint
CREATE INDEX "share_links_by_frozen_report" ON "share_links" USING btree ("frozen_report_id") WHERE "share_links"."frozen_report_id" is not null;--> statement-breakpoint
CREATE INDEX "share_openings_by_link" ON "share_openings" USING btree ("link_id","opened_at" DESC NULLS LAST);