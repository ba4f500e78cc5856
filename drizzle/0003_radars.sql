CREATE TABLE "radar_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "radar_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"radar_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"content" jsonb,
	"report_number" text,
	"version" text,
	"trial_ids" uuid[] DEFAULT '{}'::uuid[] NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	CONSTRAINT "a_radar_event_is_of_a_kind" CHECK ("radar_events"."kind" in ('drafted', 'filed', 'acknowledged', 'duplicate', 'claimedFixed', 'verifiedFixed', 'stillPresent', 'notReproducible', 'edited')),
	CONSTRAINT "a_text_is_written_or_edited" CHECK (("radar_events"."kind" in ('drafted', 'edited')) = ("radar_events"."content" is not null)),
	CONSTRAINT "a_report_has_its_number" CHECK (("radar_events"."kind" in ('filed', 'duplicate')) = ("radar_events"."report_number" is not null)),
	CONSTRAINT "a_report_number_is_one" CHECK ("radar_events"."report_number" ~ '^(FB)?[0-9]{6,12}$'),
	CONSTRAINT "a_claim_names_its_version" CHECK (("radar_events"."kind" = 'claimedFixed') = ("radar_events"."version" is not null)),
	CONSTRAINT "a_change_of_a_radar_has_words" CHECK ("radar_events"."kind" in ('drafted', 'edited') or length(btrim("radar_events"."reason")) >= 3),
	CONSTRAINT "a_verdict_names_its_trials" CHECK ("radar_events"."kind" not in ('verifiedFixed', 'stillPresent', 'notReproducible') or cardinality("radar_events"."trial_ids") > 0)
);
--> statement-breakpoint
CREATE TABLE "radars" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "radars_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"trial_id" uuid,
	"contradiction_id" bigint,
	"platform" text NOT NULL,
	"start_version" text,
	"created_at" timestamp with time zone NOT NULL,
	"simulated" boolean NOT NULL,
	"state" text DEFAULT 'drafted' NOT NULL,
	"content" jsonb,
	"title" text DEFAULT '' NOT NULL,
	"filed_number" text,
	"duplicate_of" text,
	"claimed_fix" text,
	"changed_at" timestamp with time zone,
	CONSTRAINT "radars_number_unique" UNIQUE("number"),
	CONSTRAINT "a_radar_has_a_state" CHECK ("radars"."state" in ('drafted', 'filed', 'acknowledged', 'duplicate', 'claimedFixed', 'verifiedFixed', 'stillPresent', 'notReproducible')),
	CONSTRAINT "a_draft_has_no_number" CHECK (("radars"."state" = 'drafted') = ("radars"."filed_number" is null)),
	CONSTRAINT "a_fix_is_claimed_before_it_is_verified" CHECK ("radars"."state" not in ('claimedFixed', 'verifiedFixed', 'stillPresent') or "radars"."claimed_fix" is not null)
);
--> statement-breakpoint
ALTER TABLE "radar_events" ADD CONSTRAINT "radar_events_radar_id_radars_id_fk" FOREIGN KEY ("radar_id") REFERENCES "public"."radars"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "radars" ADD CONSTRAINT "radars_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "radars" ADD CONSTRAINT "radars_contradiction_id_contradictions_id_fk" FOREIGN KEY ("contradiction_id") REFERENCES "public"."contradictions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "radar_events_by_radar" ON "radar_events" USING btree ("radar_id","id");--> statement-breakpoint
CREATE INDEX "radar_events_by_trial" ON "radar_events" USING gin ("trial_ids");--> statement-breakpoint
CREATE UNIQUE INDEX "one_radar_per_number" ON "radars" USING btree ("simulated","filed_number");--> statement-breakpoint
CREATE INDEX "radars_by_environment" ON "radars" USING btree ("simulated","number" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "radars_by_trial" ON "radars" USING btree ("trial_id") WHERE "radars"."trial_id" is not null;