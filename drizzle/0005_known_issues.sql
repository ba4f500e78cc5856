CREATE TABLE "known_issue_changes" (
	"revision" integer PRIMARY KEY DEFAULT 0 NOT NULL,
	"issue" integer DEFAULT 0 NOT NULL,
	"kind" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"effect" text,
	"field" text,
	"family" text,
	"from_version" text,
	"to_version" text,
	"builds" text[] DEFAULT '{}'::text[] NOT NULL,
	"fault" text,
	"radar" text,
	"url" text,
	"trial_id" uuid,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	CONSTRAINT "a_change_of_an_issue_is_of_a_kind" CHECK ("known_issue_changes"."kind" in ('added', 'changed', 'ended')),
	CONSTRAINT "an_issue_is_recorded_by_a_lead" CHECK ("known_issue_changes"."by_role" = 'lead'),
	CONSTRAINT "an_issue_in_force_has_content" CHECK (("known_issue_changes"."kind" = 'ended') = ("known_issue_changes"."effect" is null) and ("known_issue_changes"."effect" is null) = ("known_issue_changes"."family" is null)
  and ("known_issue_changes"."effect" is null) = ("known_issue_changes"."from_version" is null) and ("known_issue_changes"."effect" is null) = ("known_issue_changes"."fault" is null)),
	CONSTRAINT "an_issue_blocks_or_makes_unknown" CHECK ("known_issue_changes"."effect" in ('block', 'unknown')),
	CONSTRAINT "an_issue_that_makes_unknown_names_its_reading" CHECK (("known_issue_changes"."effect" = 'unknown') is true = ("known_issue_changes"."field" is not null)),
	CONSTRAINT "an_issue_is_about_no_reading_of_the_os" CHECK ("known_issue_changes"."field" in ('supervised', 'depEnrolled', 'mdmEnrolled', 'appInstallationRight', 'userEnrollment', 'sharedIpad', 'userLoggedIn', 'freeCapacity', 'totalCapacity', 'batteryLevel', 'externalPower', 'network', 'networkName', 'networkCaptive', 'passcodePresent', 'activeDeclaration', 'automaticUpdatesOff', 'updateActivity', 'availableUpdates')),
	CONSTRAINT "an_issue_is_of_a_family" CHECK ("known_issue_changes"."family" in ('iOS', 'tvOS')),
	CONSTRAINT "an_issue_says_what_is_wrong" CHECK ("known_issue_changes"."fault" is null or length(btrim(coalesce("known_issue_changes"."fault", ''))) >= 3),
	CONSTRAINT "an_issue_has_evidence" CHECK ("known_issue_changes"."kind" = 'ended' or coalesce("known_issue_changes"."radar", "known_issue_changes"."url", "known_issue_changes"."trial_id"::text) is not null),
	CONSTRAINT "a_radar_of_an_issue_is_one" CHECK ("known_issue_changes"."radar" ~ '^(FB)?[0-9]{6,12}$'),
	CONSTRAINT "a_source_of_an_issue_is_of_the_web" CHECK ("known_issue_changes"."url" ~ '^https?://'),
	CONSTRAINT "a_change_of_an_issue_has_a_reason" CHECK ("known_issue_changes"."kind" = 'added' or length(btrim("known_issue_changes"."reason")) >= 3)
);
--> statement-breakpoint
ALTER TABLE "known_issue_changes" ADD CONSTRAINT "known_issue_changes_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "known_issue_changes_by_issue" ON "known_issue_changes" USING btree ("issue","revision" DESC NULLS LAST);