CREATE TABLE "lab_report_trials" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "lab_report_trials_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"frozen_report_id" uuid NOT NULL,
	"trial_id" uuid NOT NULL,
	"trial_key" text NOT NULL,
	CONSTRAINT "a_trial_that_leaves_has_a_key" CHECK ("lab_report_trials"."trial_key" ~ '^[0-9a-f]{32}$')
);
--> statement-breakpoint
ALTER TABLE "frozen_reports" ADD COLUMN "kind" text DEFAULT 'record' NOT NULL;--> statement-breakpoint
ALTER TABLE "lab_report_trials" ADD CONSTRAINT "lab_report_trials_frozen_report_id_frozen_reports_id_fk" FOREIGN KEY ("frozen_report_id") REFERENCES "public"."frozen_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lab_report_trials" ADD CONSTRAINT "lab_report_trials_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "a_trial_leaves_once_in_a_report" ON "lab_report_trials" USING btree ("frozen_report_id","trial_id");--> statement-breakpoint
CREATE INDEX "lab_report_trials_by_trial" ON "lab_report_trials" USING btree ("trial_id");--> statement-breakpoint
ALTER TABLE "frozen_reports" ADD CONSTRAINT "a_frozen_report_has_a_kind" CHECK ("frozen_reports"."kind" in ('record', 'otherLabs'));