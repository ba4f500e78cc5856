CREATE TABLE "other_lab_contradictions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "other_lab_contradictions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_row_id" bigint NOT NULL,
	"request_type" text NOT NULL,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"observed" text,
	"os_version" text NOT NULL,
	"fingerprint" text,
	CONSTRAINT "a_contradiction_of_another_lab_has_a_fingerprint_if_it_can" CHECK (("other_lab_contradictions"."observed" is null) = ("other_lab_contradictions"."fingerprint" is null)),
	CONSTRAINT "a_contradiction_of_another_lab_has_a_kind" CHECK ("other_lab_contradictions"."kind" in ('typeDiffers', 'valueNotListed', 'requiredMissing', 'notDocumented', 'undocumentedError', 'errorThoughStarted', 'outsideDocumentedVersions', 'documentedSilence', 'documentationInconsistent'))
);
--> statement-breakpoint
CREATE TABLE "other_lab_reports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lab_id" text NOT NULL,
	"lab_name" text NOT NULL,
	"report_id" uuid NOT NULL,
	"report_name" text NOT NULL,
	"simulated" boolean NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"file" "bytea" NOT NULL,
	"file_sha256" text NOT NULL,
	"trials" integer NOT NULL,
	"imported_at" timestamp with time zone NOT NULL,
	"imported_by_id" text NOT NULL,
	"imported_by_name" text NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_by_id" text,
	"withdrawn_by_name" text,
	"withdrawn_reason" text,
	CONSTRAINT "another_lab_has_an_id" CHECK ("other_lab_reports"."lab_id" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "another_lab_has_a_short_name" CHECK (length(btrim("other_lab_reports"."lab_name")) >= 1 and length("other_lab_reports"."lab_name") <= 40),
	CONSTRAINT "a_report_of_another_lab_has_its_hash" CHECK ("other_lab_reports"."file_sha256" = encode(sha256("other_lab_reports"."file"), 'hex')),
	CONSTRAINT "a_report_of_another_lab_is_of_limited_size" CHECK (octet_length("other_lab_reports"."file") between 1 and 2097152),
	CONSTRAINT "a_withdrawn_report_of_another_lab_has_a_person_and_a_reason" CHECK (num_nulls("other_lab_reports"."withdrawn_at", "other_lab_reports"."withdrawn_by_id", "other_lab_reports"."withdrawn_by_name", "other_lab_reports"."withdrawn_reason") in (0, 4))
);
--> statement-breakpoint
CREATE TABLE "other_lab_trials" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "other_lab_trials_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"report_id" uuid NOT NULL,
	"trial_key" text NOT NULL,
	"platform" text NOT NULL,
	"model" text,
	"start_os" text NOT NULL,
	"start_build" text,
	"target" text,
	"action" text,
	"released_on" date,
	"end_state" text,
	"end_os" text,
	"end_build" text,
	"primary_outcome" text NOT NULL,
	"outcome" text NOT NULL,
	"overruled" boolean NOT NULL,
	"against_builds" boolean NOT NULL,
	"review" text NOT NULL,
	"passcode" text NOT NULL,
	"power" text NOT NULL,
	"battery" text NOT NULL,
	"network" text NOT NULL,
	"treatment" text NOT NULL,
	"contradictions_left_out" integer NOT NULL,
	CONSTRAINT "a_trial_of_another_lab_has_a_key" CHECK ("other_lab_trials"."trial_key" ~ '^[0-9a-f]{32}$'),
	CONSTRAINT "a_trial_of_another_lab_has_an_outcome" CHECK ("other_lab_trials"."outcome" in ('installedAsExpected', 'installedAfterUserAction', 'installedDespiteError', 'startedAlthoughScheduled', 'wrongVersionInstalled', 'downloadedOnly', 'promptNotAccepted', 'promptNeverShown', 'acknowledgedNothingHappened', 'refused', 'notNowUntilDeadline', 'noReplyDocumented', 'noReplyUndocumented', 'deviceUnusable', 'censoredAtDeadline', 'lost', 'voidOperator', 'voidInfrastructure')),
	CONSTRAINT "a_trial_of_another_lab_has_a_primary_outcome" CHECK ("other_lab_trials"."primary_outcome" in ('installed', 'installedUnattended', 'installedByUser', 'downloaded', 'promptWaits', 'startedAtOnce', 'refused', 'unchanged'))
);
--> statement-breakpoint
ALTER TABLE "other_lab_contradictions" ADD CONSTRAINT "other_lab_contradictions_trial_row_id_other_lab_trials_id_fk" FOREIGN KEY ("trial_row_id") REFERENCES "public"."other_lab_trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "other_lab_trials" ADD CONSTRAINT "other_lab_trials_report_id_other_lab_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."other_lab_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "other_lab_contradictions_by_trial" ON "other_lab_contradictions" USING btree ("trial_row_id");--> statement-breakpoint
CREATE INDEX "other_lab_contradictions_by_fingerprint" ON "other_lab_contradictions" USING btree ("fingerprint");--> statement-breakpoint
CREATE UNIQUE INDEX "a_report_of_another_lab_stands_once" ON "other_lab_reports" USING btree ("file_sha256") WHERE "other_lab_reports"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "other_lab_reports_by_lab" ON "other_lab_reports" USING btree ("lab_id","made_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "a_trial_of_another_lab_stands_once_in_a_report" ON "other_lab_trials" USING btree ("report_id","trial_key");--> statement-breakpoint
CREATE INDEX "other_lab_trials_by_test" ON "other_lab_trials" USING btree ("model","start_os","target");